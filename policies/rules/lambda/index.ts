import type { Policies } from "@pulumi/policy";
import { functionEnvironmentIsEncryptedWithCustomerKey } from "./function-environment-is-encrypted-with-customer-key.ts";

export const lambdaRules: Policies = [functionEnvironmentIsEncryptedWithCustomerKey];
