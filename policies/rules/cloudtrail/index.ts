import type { Policies } from "@pulumi/policy";
import { eventDataStoreKeepsAuditTrail } from "./event-data-store-keeps-audit-trail.ts";
import { organizationHasTrail } from "./organization-has-trail.ts";
import { trailIsArchivedInAnotherAccount } from "./trail-is-archived-in-another-account.ts";
import { trailIsEncryptedWithCustomerKey } from "./trail-is-encrypted-with-customer-key.ts";
import { trailIsWatched } from "./trail-is-watched.ts";
import { trailRecordsAdministration } from "./trail-records-administration.ts";
import { trailRecordsEveryRegion } from "./trail-records-every-region.ts";
import { trailRecordsUseOfData } from "./trail-records-use-of-data.ts";
import { trailValidatesItsFiles } from "./trail-validates-its-files.ts";

export const cloudtrailRules: Policies = [
  eventDataStoreKeepsAuditTrail,
  organizationHasTrail,
  trailIsArchivedInAnotherAccount,
  trailIsEncryptedWithCustomerKey,
  trailIsWatched,
  trailRecordsAdministration,
  trailRecordsEveryRegion,
  trailRecordsUseOfData,
  trailValidatesItsFiles,
];
