import type { Policies } from "@pulumi/policy";
import { queueIsPaidOnDemand } from "./queue-is-paid-on-demand.ts";

export const mediaconvertRules: Policies = [queueIsPaidOnDemand];
