import type { Policies } from "@pulumi/policy";

export const accessanalyzerRules: Policies = [];
