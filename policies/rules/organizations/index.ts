import type { Policies } from "@pulumi/policy";

export const organizationsRules: Policies = [];
