import type { Policies } from "@pulumi/policy";
import { accountBlocksPublicAccess } from "./account-blocks-public-access.ts";
import { bucketBlocksPublicAccess } from "./bucket-blocks-public-access.ts";
import { bucketDisposesOfOldVersions } from "./bucket-disposes-of-old-versions.ts";
import { bucketExpiresNothingTooEarly } from "./bucket-expires-nothing-too-early.ts";
import { bucketHasItsPartsAsResources } from "./bucket-has-its-parts-as-resources.ts";
import { bucketIsAcceleratedWhereAllowed } from "./bucket-is-accelerated-where-allowed.ts";
import { bucketIsBackedUp } from "./bucket-is-backed-up.ts";
import { bucketIsEmptiedByNoDeployment } from "./bucket-is-emptied-by-no-deployment.ts";
import { bucketIsEncryptedWithCustomerKey } from "./bucket-is-encrypted-with-customer-key.ts";
import { bucketKeepsVersions } from "./bucket-keeps-versions.ts";
import { bucketKnowsNoAccessLists } from "./bucket-knows-no-access-lists.ts";
import { bucketLetsInNamedPagesOnly } from "./bucket-lets-in-named-pages-only.ts";
import { bucketLetsInNamedPrincipals } from "./bucket-lets-in-named-principals.ts";
import { bucketLockBindsEverybody } from "./bucket-lock-binds-everybody.ts";
import { bucketLogsAccess } from "./bucket-logs-access.ts";
import { bucketOfAuditTrailDeletesNothing } from "./bucket-of-audit-trail-deletes-nothing.ts";
import { bucketOfAuditTrailIsLocked } from "./bucket-of-audit-trail-is-locked.ts";
import { bucketOfAuditTrailIsWrittenByServicesOnly } from "./bucket-of-audit-trail-is-written-by-services-only.ts";
import { bucketRefusesKeysOfCallers } from "./bucket-refuses-keys-of-callers.ts";
import { bucketRefusesOldSignatures } from "./bucket-refuses-old-signatures.ts";
import { bucketRefusesOldTls } from "./bucket-refuses-old-tls.ts";
import { bucketRefusesOtherKeys } from "./bucket-refuses-other-keys.ts";
import { bucketRefusesOtherOrganizations } from "./bucket-refuses-other-organizations.ts";
import { bucketRefusesRequestsWithoutTls } from "./bucket-refuses-requests-without-tls.ts";
import { bucketServesNoWebsite } from "./bucket-serves-no-website.ts";
import { bucketSweepsUpUnfinishedUploads } from "./bucket-sweeps-up-unfinished-uploads.ts";
import { replicationCopiesAllButDeletions } from "./replication-copies-all-but-deletions.ts";
import { replicationStaysInOwnBuckets } from "./replication-stays-in-own-buckets.ts";

export const s3Rules: Policies = [
  accountBlocksPublicAccess,
  bucketBlocksPublicAccess,
  bucketDisposesOfOldVersions,
  bucketExpiresNothingTooEarly,
  bucketHasItsPartsAsResources,
  bucketIsAcceleratedWhereAllowed,
  bucketIsBackedUp,
  bucketIsEmptiedByNoDeployment,
  bucketIsEncryptedWithCustomerKey,
  bucketKeepsVersions,
  bucketKnowsNoAccessLists,
  bucketLetsInNamedPagesOnly,
  bucketLetsInNamedPrincipals,
  bucketLockBindsEverybody,
  bucketLogsAccess,
  bucketOfAuditTrailDeletesNothing,
  bucketOfAuditTrailIsLocked,
  bucketOfAuditTrailIsWrittenByServicesOnly,
  bucketRefusesKeysOfCallers,
  bucketRefusesOldSignatures,
  bucketRefusesOldTls,
  bucketRefusesOtherKeys,
  bucketRefusesOtherOrganizations,
  bucketRefusesRequestsWithoutTls,
  bucketServesNoWebsite,
  bucketSweepsUpUnfinishedUploads,
  replicationCopiesAllButDeletions,
  replicationStaysInOwnBuckets,
];
