import type { Policies } from "@pulumi/policy";

export const cloudtrailRules: Policies = [];
