import type { Policies } from "@pulumi/policy";

export const wafv2Rules: Policies = [];
