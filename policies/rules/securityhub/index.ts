import type { Policies } from "@pulumi/policy";
import { accountEnablesNewControls } from "./account-enables-new-controls.ts";
import { findingsAreGathered } from "./findings-are-gathered.ts";
import { findingsAreTold } from "./findings-are-told.ts";
import { organizationIsCheckedByStandards } from "./organization-is-checked-by-standards.ts";

export const securityhubRules: Policies = [accountEnablesNewControls, findingsAreGathered, findingsAreTold, organizationIsCheckedByStandards];
