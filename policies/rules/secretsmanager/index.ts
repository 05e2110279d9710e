import type { Policies } from "@pulumi/policy";

export const secretsmanagerRules: Policies = [];
