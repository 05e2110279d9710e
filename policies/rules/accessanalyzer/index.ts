import type { Policies } from "@pulumi/policy";
import { organizationAccessIsAnalyzed } from "./organization-access-is-analyzed.ts";
import { unusedAccessIsFoundInTime } from "./unused-access-is-found-in-time.ts";

export const accessanalyzerRules: Policies = [organizationAccessIsAnalyzed, unusedAccessIsFoundInTime];
