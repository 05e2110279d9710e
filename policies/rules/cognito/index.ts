import type { Policies } from "@pulumi/policy";

export const cognitoRules: Policies = [];
