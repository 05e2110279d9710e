import type { Policies } from "@pulumi/policy";

export const sagemakerRules: Policies = [];
