import type { Policies } from "@pulumi/policy";

export const guarddutyRules: Policies = [];
