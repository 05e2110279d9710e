import type { Policies } from "@pulumi/policy";
import { queueIsEncryptedWithCustomerKey } from "./queue-is-encrypted-with-customer-key.ts";

export const sqsRules: Policies = [queueIsEncryptedWithCustomerKey];
