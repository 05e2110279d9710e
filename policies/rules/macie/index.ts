import type { Policies } from "@pulumi/policy";

export const macieRules: Policies = [];
