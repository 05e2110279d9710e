import type { Policies } from "@pulumi/policy";
import { policyGrantsNoDataActionOnEveryResource } from "./policy-grants-no-data-action-on-every-resource.ts";
import { policyGrantsNoWildcardAction } from "./policy-grants-no-wildcard-action.ts";

export const iamRules: Policies = [policyGrantsNoDataActionOnEveryResource, policyGrantsNoWildcardAction];
