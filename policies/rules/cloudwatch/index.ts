import type { Policies } from "@pulumi/policy";
import { logGroupIsEncryptedWithCustomerKey } from "./log-group-is-encrypted-with-customer-key.ts";
import { logGroupKeepsAuditTrail } from "./log-group-keeps-audit-trail.ts";

export const cloudwatchRules: Policies = [logGroupIsEncryptedWithCustomerKey, logGroupKeepsAuditTrail];
