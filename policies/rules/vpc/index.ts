import type { Policies } from "@pulumi/policy";

export const vpcRules: Policies = [];
