import type { Policies } from "@pulumi/policy";
import { tableIsEncryptedWithCustomerKey } from "./table-is-encrypted-with-customer-key.ts";
import { tableRecoversToAnyPoint } from "./table-recovers-to-any-point.ts";

export const dynamodbRules: Policies = [tableIsEncryptedWithCustomerKey, tableRecoversToAnyPoint];
