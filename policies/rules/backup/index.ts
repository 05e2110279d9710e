import type { Policies } from "@pulumi/policy";

export const backupRules: Policies = [];
