import type { Policies } from "@pulumi/policy";
import { resourceLiesInAllowedRegion } from "./resource-lies-in-allowed-region.ts";

export const awsRules: Policies = [resourceLiesInAllowedRegion];
