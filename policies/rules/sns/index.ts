import type { Policies } from "@pulumi/policy";

export const snsRules: Policies = [];
