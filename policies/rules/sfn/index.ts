import type { Policies } from "@pulumi/policy";
import { sagemakerJobsAreIsolatedAndEncrypted } from "./sagemaker-jobs-are-isolated-and-encrypted.ts";
import { stateMachineIsEncryptedWithCustomerKey } from "./state-machine-is-encrypted-with-customer-key.ts";
import { stateMachineLogsWithoutExecutionData } from "./state-machine-logs-without-execution-data.ts";

export const sfnRules: Policies = [sagemakerJobsAreIsolatedAndEncrypted, stateMachineIsEncryptedWithCustomerKey, stateMachineLogsWithoutExecutionData];
