import type { Policies } from "@pulumi/policy";

export const configRules: Policies = [];
