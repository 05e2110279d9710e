import type { Policies } from "@pulumi/policy";

export const eventsRules: Policies = [];
