import type { Policies } from "@pulumi/policy";
import { accountIsOn } from "./account-is-on.ts";
import { accountLooksForIdentifiers } from "./account-looks-for-identifiers.ts";
import { organizationIsLookedThrough } from "./organization-is-looked-through.ts";

export const macieRules: Policies = [accountIsOn, accountLooksForIdentifiers, organizationIsLookedThrough];
