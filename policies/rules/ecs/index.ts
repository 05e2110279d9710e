import type { Policies } from "@pulumi/policy";

export const ecsRules: Policies = [];
