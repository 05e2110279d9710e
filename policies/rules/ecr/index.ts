import type { Policies } from "@pulumi/policy";

export const ecrRules: Policies = [];
