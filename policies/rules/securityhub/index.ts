import type { Policies } from "@pulumi/policy";

export const securityhubRules: Policies = [];
