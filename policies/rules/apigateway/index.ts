import type { Policies } from "@pulumi/policy";

export const apigatewayRules: Policies = [];
