import type { Policies } from "@pulumi/policy";
import { changesAreNotIgnored } from "./changes-are-not-ignored.ts";
import { dataAreProtectedFromDeletion } from "./data-are-protected-from-deletion.ts";
import { dataGoToAssociatesOnly } from "./data-go-to-associates-only.ts";
import { dataStayInTheirEnvironment } from "./data-stay-in-their-environment.ts";
import { metadataIdentifiesNobody } from "./metadata-identifies-nobody.ts";
import { packageIsReviewed } from "./package-is-reviewed.ts";
import { providerHoldsNoCredentials } from "./provider-holds-no-credentials.ts";
import { providerIsBoundToOneAccount } from "./provider-is-bound-to-one-account.ts";
import { resourceIsOfEligibleService } from "./resource-is-of-eligible-service.ts";
import { resourceLiesInAllowedRegion } from "./resource-lies-in-allowed-region.ts";
import { resourceNamesKnownAccounts } from "./resource-names-known-accounts.ts";
import { resourceSaysWhoseItIs } from "./resource-says-whose-it-is.ts";
import { resourceTypeIsReviewed } from "./resource-type-is-reviewed.ts";

export const awsRules: Policies = [
  changesAreNotIgnored,
  dataAreProtectedFromDeletion,
  dataGoToAssociatesOnly,
  dataStayInTheirEnvironment,
  metadataIdentifiesNobody,
  packageIsReviewed,
  providerHoldsNoCredentials,
  providerIsBoundToOneAccount,
  resourceIsOfEligibleService,
  resourceLiesInAllowedRegion,
  resourceNamesKnownAccounts,
  resourceSaysWhoseItIs,
  resourceTypeIsReviewed,
];
