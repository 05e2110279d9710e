import type { Policies } from "@pulumi/policy";

export const mediaconvertRules: Policies = [];
