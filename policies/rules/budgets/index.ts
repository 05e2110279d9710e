import type { Policies } from "@pulumi/policy";

export const budgetsRules: Policies = [];
