import type { Policies } from "@pulumi/policy";

export const cloudfrontRules: Policies = [];
