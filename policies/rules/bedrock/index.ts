import type { Policies } from "@pulumi/policy";

export const bedrockRules: Policies = [];
