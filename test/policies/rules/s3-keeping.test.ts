import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { bucketDisposesOfOldVersions } from "../../../policies/rules/s3/bucket-disposes-of-old-versions.ts";
import { bucketExpiresNothingTooEarly } from "../../../policies/rules/s3/bucket-expires-nothing-too-early.ts";
import { bucketHasItsPartsAsResources } from "../../../policies/rules/s3/bucket-has-its-parts-as-resources.ts";
import { bucketIsAcceleratedWhereAllowed } from "../../../policies/rules/s3/bucket-is-accelerated-where-allowed.ts";
import { bucketIsBackedUp } from "../../../policies/rules/s3/bucket-is-backed-up.ts";
import { bucketIsEmptiedByNoDeployment } from "../../../policies/rules/s3/bucket-is-emptied-by-no-deployment.ts";
import { bucketKeepsVersions } from "../../../policies/rules/s3/bucket-keeps-versions.ts";
import { bucketLetsInNamedPagesOnly } from "../../../policies/rules/s3/bucket-lets-in-named-pages-only.ts";
import { bucketLockBindsEverybody } from "../../../policies/rules/s3/bucket-lock-binds-everybody.ts";
import { bucketLogsAccess } from "../../../policies/rules/s3/bucket-logs-access.ts";
import { bucketOfAuditTrailDeletesNothing } from "../../../policies/rules/s3/bucket-of-audit-trail-deletes-nothing.ts";
import { bucketOfAuditTrailIsLocked } from "../../../policies/rules/s3/bucket-of-audit-trail-is-locked.ts";
import { bucketOfAuditTrailIsWrittenByServicesOnly } from "../../../policies/rules/s3/bucket-of-audit-trail-is-written-by-services-only.ts";
import { bucketServesNoWebsite } from "../../../policies/rules/s3/bucket-serves-no-website.ts";
import { bucketSweepsUpUnfinishedUploads } from "../../../policies/rules/s3/bucket-sweeps-up-unfinished-uploads.ts";
import { replicationCopiesAllButDeletions } from "../../../policies/rules/s3/replication-copies-all-but-deletions.ts";
import { replicationStaysInOwnBuckets } from "../../../policies/rules/s3/replication-stays-in-own-buckets.ts";
import { archived, backUp, type Change, caseBucket, keyArn, lets, logBucket, sweep, trailBucket, without } from "../../support/buckets.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Sweep = NonNullable<Parameters<typeof sweep>[0]>;

const changed =
  (change: Change): Program =>
  (opts) =>
    caseBucket(opts, logBucket(opts), change);
const changedLogs =
  (change: Change): Program =>
  (opts) =>
    caseBucket(opts, logBucket(opts, change));
const changedTrail =
  (change: Change, writer?: string): Program =>
  (opts) =>
    trailBucket(opts, logBucket(opts), change, writer);
const swept = (...rules: Sweep[]) => changed({ lifecycle: rules.map(sweep) });
const lock = (more: Change["lock"], args: aws.s3.BucketArgs = { objectLockEnabled: true }) => ({ args, lock: more });
const cors =
  (more: Partial<aws.types.input.s3.BucketCorsConfigurationCorsRule>): Program =>
  (opts) =>
    new aws.s3.BucketCorsConfiguration(
      "cors",
      {
        bucket: "lake",
        corsRules: [{ allowedOrigins: ["https://review.example.org"], allowedMethods: ["GET"], exposeHeaders: ["ETag"], maxAgeSeconds: 3600, ...more }],
      },
      opts,
    );
const loggingElsewhere: Program = (opts) => {
  const { id } = caseBucket(opts, logBucket(opts), { logs: undefined });
  new aws.s3.BucketLogging("logging", { bucket: id, targetBucket: "elsewhere", targetPrefix: "lake/" }, opts);
  new aws.s3.BucketLogging("logs-logging", { bucket: "logs", targetBucket: "elsewhere-too", targetPrefix: "logs/" }, opts);
};
type CopyRule = Partial<aws.types.input.s3.BucketReplicationConfigRule>;
const destination = { bucket: "arn:aws:s3:::copy", encryptionConfiguration: { replicaKmsKeyId: keyArn } };
const replication =
  (more: CopyRule = {}): Program =>
  (opts) => {
    const logs = logBucket(opts);
    const lake = caseBucket(opts, logs);
    caseBucket(opts, logs, {}, "copy");
    replicate(opts, lake, more);
  };
const replicate = (opts: Opts, lake: aws.s3.Bucket, more: CopyRule): aws.s3.BucketReplicationConfig =>
  new aws.s3.BucketReplicationConfig(
    "copies",
    {
      bucket: lake.id,
      role: "arn:aws:iam::111111111111:role/copies",
      rules: [
        {
          id: "all",
          status: "Enabled",
          filter: { prefix: "" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          deleteMarkerReplication: { status: "Disabled" },
          destination,
          ...more,
        },
      ],
    },
    opts,
  );

describe("rules for what S3 keeps", () => {
  const refused: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [bucketKeepsVersions, "no versioning", changed({ status: undefined }), 'Bucket "lake" has versioning unset; it must be Enabled.'],
    [bucketKeepsVersions, "suspended versioning", changed({ status: "Suspended" }), 'Bucket "lake" has versioning Suspended; it must be Enabled.'],
    [bucketLogsAccess, "a bucket that logs nothing", changed({ logs: undefined }), 'Bucket "lake" logs no access.', 'Bucket "logs" logs no access.'],
    [
      bucketLogsAccess,
      "a bucket that logs into itself",
      changed({ logs: "itself" }),
      'Bucket "lake" logs access into itself.',
      'Bucket "logs" logs no access.',
    ],
    [
      bucketLogsAccess,
      "a target that S3 may not write to",
      changedLogs({ statements: without("logs", []) }),
      'Bucket "lake" logs access into "logs", which does not let logging.s3.amazonaws.com write for it.',
    ],
    [
      bucketLogsAccess,
      "a target that S3 may write to for another bucket only",
      changedLogs({ statements: [lets("logs", "logging.s3.amazonaws.com", { Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::other" } } })] }),
      'Bucket "lake" logs access into "logs", which does not let logging.s3.amazonaws.com write for it.',
    ],
    [
      bucketLogsAccess,
      "a target elsewhere",
      loggingElsewhere,
      'Bucket "lake" logs access into elsewhere, which is no bucket of the stack.',
      'Bucket "logs" logs access into elsewhere-too, which is no bucket of the stack.',
    ],
    [
      bucketOfAuditTrailIsLocked,
      "no lock",
      changedTrail({ args: {}, lock: undefined }),
      'Bucket "trail" locks objects 0 days; it must lock them 2192.',
      'Bucket "trail" locks objects in mode unset; it must be COMPLIANCE, which binds everybody.',
      'Bucket "trail" must set objectLockEnabled.',
    ],
    [
      bucketOfAuditTrailIsLocked,
      "a weak and short lock",
      changedTrail(lock({ mode: "GOVERNANCE", years: 6 })),
      'Bucket "trail" locks objects 2190 days; it must lock them 2192.',
      'Bucket "trail" locks objects in mode GOVERNANCE; it must be COMPLIANCE, which binds everybody.',
    ],
    [
      bucketLockBindsEverybody,
      "governance",
      changed(lock({ mode: "GOVERNANCE", days: 30 })),
      'Bucket "lake" locks objects in mode GOVERNANCE; it must be COMPLIANCE, which binds everybody.',
    ],
    [
      bucketLockBindsEverybody,
      "a lock on a bucket that has none",
      changed(lock({ mode: "COMPLIANCE", days: 30 }, {})),
      'Bucket "lake" must set objectLockEnabled.',
    ],
    [
      bucketLockBindsEverybody,
      "a bucket that could lock and does not",
      changed(lock(undefined)),
      'Bucket "lake" locks objects 0 days; it must lock them 1.',
      'Bucket "lake" locks objects in mode unset; it must be COMPLIANCE, which binds everybody.',
    ],
    [
      bucketOfAuditTrailDeletesNothing,
      "all deletions",
      changedTrail({ statements: [lets("trail", "config.amazonaws.com")] }),
      'Bucket "trail" does not deny s3:BypassGovernanceRetention, s3:DeleteObject, s3:DeleteObjectVersion to everybody.',
    ],
    [
      bucketOfAuditTrailDeletesNothing,
      "the deletion of versions",
      changedTrail({ statements: [{ ...archived("trail")[0], Action: ["s3:Bypass*", "s3:DeleteObject"] }, lets("trail", "cloudtrail.amazonaws.com")] }),
      'Bucket "trail" does not deny s3:DeleteObjectVersion to everybody.',
    ],
    [
      bucketOfAuditTrailIsWrittenByServicesOnly,
      "other writers",
      changedTrail({ statements: [archived("trail")[0]!, lets("trail", "cloudtrail.amazonaws.com")] }),
      'Bucket "trail" lets others than AWS services write.',
    ],
    [bucketIsBackedUp, "no backup", changed({}), 'Bucket "lake" is neither backed up nor replicated.'],
    [
      bucketIsBackedUp,
      "a backup of all others",
      (opts) => {
        const lake = caseBucket(opts, logBucket(opts));
        backUp(opts, ["*"], { notResources: [lake.arn] });
      },
      'Bucket "lake" is neither backed up nor replicated.',
    ],
    [
      bucketSweepsUpUnfinishedUploads,
      "no lifecycle",
      changed({ lifecycle: undefined }),
      'Bucket "lake" keeps unfinished uploads for ever; it must remove them.',
    ],
    [
      bucketSweepsUpUnfinishedUploads,
      "a rule that is off",
      swept({ status: "Disabled" }),
      'Bucket "lake" keeps unfinished uploads for ever; it must remove them.',
    ],
    [
      bucketSweepsUpUnfinishedUploads,
      "a rule for some objects",
      swept({ filter: { prefix: "a/" } }),
      'Bucket "lake" keeps unfinished uploads for ever; it must remove them.',
    ],
    [
      bucketSweepsUpUnfinishedUploads,
      "a rule for objects with a tag",
      swept({ filter: { tag: { key: "a", value: "b" } } }),
      'Bucket "lake" keeps unfinished uploads for ever; it must remove them.',
    ],
    [
      bucketSweepsUpUnfinishedUploads,
      "a rule for an old prefix",
      swept({ filter: undefined as never, prefix: "a/" }),
      'Bucket "lake" keeps unfinished uploads for ever; it must remove them.',
    ],
    [
      bucketSweepsUpUnfinishedUploads,
      "a late rule",
      swept({ abortIncompleteMultipartUpload: { daysAfterInitiation: 8 } }),
      'Bucket "lake" keeps unfinished uploads 8 days; it must remove them after 7 or fewer.',
    ],
    [
      bucketDisposesOfOldVersions,
      "no lifecycle",
      changed({ lifecycle: undefined }),
      'Bucket "lake" keeps markers of deleted objects; it must set expiration.expiredObjectDeleteMarker.',
      'Bucket "lake" keeps old versions for ever; it must remove them in the end.',
    ],
    [
      bucketDisposesOfOldVersions,
      "a soon removal of some",
      swept({}, { id: "soon", filter: { prefix: "a/" }, noncurrentVersionExpiration: { noncurrentDays: 1 } }),
      'Bucket "lake" removes old versions after 1 days; it must keep them 30.',
    ],
    [
      bucketDisposesOfOldVersions,
      "markers that stay",
      swept({ expiration: {} }),
      'Bucket "lake" keeps markers of deleted objects; it must set expiration.expiredObjectDeleteMarker.',
    ],
    [
      bucketDisposesOfOldVersions,
      "a soon removal of records that no lock keeps",
      changedTrail({ lock: undefined }, "config.amazonaws.com"),
      'Bucket "trail" removes old versions after 30 days; it must keep them 2192.',
    ],
    [
      bucketExpiresNothingTooEarly,
      "early expiry",
      swept({ expiration: { days: 365 } }),
      'Bucket "lake" lets objects expire after 365 days (sweep); it must keep them 2192.',
    ],
    [
      bucketExpiresNothingTooEarly,
      "early expiry of some, and of logs",
      changedLogs({ lifecycle: [sweep({ id: "some", filter: { prefix: "a/" }, expiration: { days: 2191 } })] }),
      'Bucket "logs" lets objects expire after 2191 days (some); it must keep them 2192.',
    ],
    [
      bucketExpiresNothingTooEarly,
      "early expiry of more than working copies",
      swept({ filter: { prefix: "screened" }, expiration: { days: 1 } }, { id: "all", filter: { prefix: "" }, expiration: { days: 2 } }),
      'Bucket "lake" lets objects expire after 1 days (sweep); it must keep them 2192.',
      'Bucket "lake" lets objects expire after 2 days (all); it must keep them 2192.',
    ],
    [
      bucketExpiresNothingTooEarly,
      "expiry on a day",
      swept({ expiration: { date: "2027-01-01T00:00:00Z" } }),
      'Bucket "lake" lets objects expire on 2027-01-01T00:00:00Z (sweep); it must count days.',
    ],
    [
      replicationCopiesAllButDeletions,
      "a rule that is off",
      replication({ status: "Disabled" }),
      'Replication "copies", rule all, is Disabled; it must be Enabled.',
    ],
    [
      replicationCopiesAllButDeletions,
      "some objects",
      replication({ filter: { prefix: "a/" } }),
      'Replication "copies", rule all, leaves out objects; its filter must be empty.',
    ],
    [
      replicationCopiesAllButDeletions,
      "some objects, by an old prefix",
      replication({ filter: undefined as never, prefix: "a/" }),
      'Replication "copies", rule all, leaves out objects; its filter must be empty.',
    ],
    [
      replicationCopiesAllButDeletions,
      "some objects, by a tag",
      replication({ filter: { tag: { key: "a", value: "b" } } }),
      'Replication "copies", rule all, leaves out objects; its filter must be empty.',
    ],
    [
      replicationCopiesAllButDeletions,
      "some objects, by prefix and tag",
      replication({ filter: { and: { prefix: "a/" } } }),
      'Replication "copies", rule all, leaves out objects; its filter must be empty.',
    ],
    [
      replicationCopiesAllButDeletions,
      "nothing under keys",
      replication({ sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Disabled" } } }),
      'Replication "copies", rule all, leaves out objects under KMS keys; sseKmsEncryptedObjects must be Enabled, not Disabled.',
    ],
    [
      replicationCopiesAllButDeletions,
      "deletions, and nothing said",
      replication({ id: undefined as never, deleteMarkerReplication: { status: "Enabled" }, sourceSelectionCriteria: undefined as never }),
      'Replication "copies", rule without id, leaves out objects under KMS keys; sseKmsEncryptedObjects must be Enabled, not unset.',
      'Replication "copies", rule without id, may copy deletions; deleteMarkerReplication must be Disabled, not Enabled.',
    ],
    [
      replicationStaysInOwnBuckets,
      "a bucket elsewhere",
      replication({ destination: { ...destination, bucket: "arn:aws:s3:::elsewhere" } }),
      'Replication "copies" copies to arn:aws:s3:::elsewhere, which is no bucket of the stack.',
    ],
    [
      replicationStaysInOwnBuckets,
      "a source elsewhere",
      (opts) => {
        caseBucket(opts, logBucket(opts), {}, "copy");
        new aws.s3.BucketReplicationConfig(
          "copies",
          { bucket: "elsewhere", role: "arn:aws:iam::111111111111:role/copies", rules: [{ status: "Enabled", destination }] },
          opts,
        );
      },
      'Replication "copies" copies what is in no bucket of the stack.',
    ],
    [
      replicationStaysInOwnBuckets,
      "another account",
      replication({ destination: { ...destination, account: "222222222222" } }),
      'Replication "copies" names the account of its copies; they must lie in buckets of the stack.',
    ],
    [
      replicationStaysInOwnBuckets,
      "no key, and AWS's",
      replication({ destination: { bucket: destination.bucket } }),
      'Replication "copies" must set encryptionConfiguration.replicaKmsKeyId to a customer-managed key.',
    ],
    [
      bucketHasItsPartsAsResources,
      "parts within",
      changed({ args: { acl: "private", versioning: { enabled: true } } }),
      'Bucket "lake" sets acl, versioning; it must have resources for that.',
    ],
    [
      bucketServesNoWebsite,
      "a website",
      (opts) => new aws.s3.BucketWebsiteConfiguration("site", { bucket: "lake", indexDocument: { suffix: "index.html" } }, opts),
      '"site" makes a bucket serve a website; CloudFront must serve it.',
    ],
    [bucketIsEmptiedByNoDeployment, "forceDestroy", changed({ args: { forceDestroy: true } }), 'Bucket "lake" sets forceDestroy; it must not.'],
    [
      bucketIsAcceleratedWhereAllowed,
      "acceleration",
      (opts) => new aws.s3.BucketAccelerateConfiguration("fast", { bucket: "lake", status: "Enabled" }, opts),
      '"fast" accelerates transfers; status must be Suspended, not Enabled.',
    ],
    [
      bucketLetsInNamedPagesOnly,
      "everybody",
      cors({ allowedOrigins: ["*", "https://*.example.org", "http://review.example.org"], allowedMethods: ["GET", "DELETE"], allowedHeaders: ["*", "range"] }),
      'CORS of bucket "cors" must not allow the headers *.',
      'CORS of bucket "cors" must not allow the methods DELETE.',
      'CORS of bucket "cors" must not allow the origins *, https://*.example.org, http://review.example.org.',
    ],
    [
      bucketLetsInNamedPagesOnly,
      "more than pages need, for long",
      cors({ exposeHeaders: ["ETag", "x-amz-meta-name"], maxAgeSeconds: 86400 }),
      'CORS of bucket "cors" is believed 86400 seconds; it must be 3600 or less.',
      'CORS of bucket "cors" must not allow the exposed headers x-amz-meta-name.',
    ],
  ];
  for (const [rule, what, program, ...messages] of refused) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const accepted: [rule: Policies[number], what: string, program: Program, config?: PolicyConfig][] = [
    [bucketLogsAccess, "an approved target elsewhere", loggingElsewhere, { "s3-bucket-logs-access": { buckets: ["elsewhere", "elsewhere-too"] } }],
    [bucketOfAuditTrailIsLocked, "a lock of more years", changedTrail(lock({ mode: "COMPLIANCE", years: 7 }))],
    [
      bucketOfAuditTrailIsLocked,
      "a lock as long as is asked",
      changedTrail(lock({ mode: "COMPLIANCE", days: 30 })),
      { "s3-bucket-of-audit-trail-is-locked": { minimumDays: 30 } },
    ],
    [bucketLockBindsEverybody, "a lock for everybody", changed(lock({ mode: "COMPLIANCE", days: 1 }))],
    [
      bucketIsBackedUp,
      "a backup by pattern",
      (opts) => {
        caseBucket(opts, logBucket(opts));
        backUp(opts, ["arn:aws:any:*:*:lake"]);
      },
    ],
    [bucketIsBackedUp, "a bucket that is copied, and its copy", replication()],
    [bucketIsBackedUp, "a bucket that holds nobody's data", changed({ args: { tags: { "data-classification": "none" } } })],
    [
      bucketSweepsUpUnfinishedUploads,
      "a later sweep where that is allowed",
      swept({ abortIncompleteMultipartUpload: { daysAfterInitiation: 8 } }),
      { "s3-bucket-sweeps-up-unfinished-uploads": { maximumDays: 8 } },
    ],
    [bucketSweepsUpUnfinishedUploads, "a rule without a filter", swept({ filter: undefined as never })],
    [
      bucketDisposesOfOldVersions,
      "a sooner removal where that is allowed",
      swept({ noncurrentVersionExpiration: { noncurrentDays: 7 } }),
      { "s3-bucket-disposes-of-old-versions": { minimumDays: 7 } },
    ],
    [bucketDisposesOfOldVersions, "a removal of everything in the end", swept({ expiration: { days: 3000 } })],
    [
      bucketDisposesOfOldVersions,
      "a soon removal of working copies",
      swept({}, { id: "soon", filter: { prefix: "screened-pictures/" }, noncurrentVersionExpiration: { noncurrentDays: 1 } }),
    ],
    [bucketExpiresNothingTooEarly, "early expiry of working copies", swept({ filter: { prefix: "screened-pictures/" }, expiration: { days: 1 } })],
    [
      bucketExpiresNothingTooEarly,
      "early expiry of what the stack calls working copies",
      swept({ filter: { prefix: "drafts/" }, expiration: { days: 1 } }),
      { "s3-bucket-expires-nothing-too-early": { workingPrefixes: ["drafts/"] } },
    ],
    [
      bucketDisposesOfOldVersions,
      "a long removal of records that no lock keeps",
      changedTrail({ lock: undefined, lifecycle: [sweep({ noncurrentVersionExpiration: { noncurrentDays: 2192 } })] }, "config.amazonaws.com"),
    ],
    [bucketExpiresNothingTooEarly, "expiry after the retention period", swept({ expiration: { days: 2192 } })],
    [bucketExpiresNothingTooEarly, "early expiry by a rule that is off", swept({ status: "Disabled", expiration: { days: 1 } })],
    [
      bucketExpiresNothingTooEarly,
      "earlier expiry where that is allowed",
      swept({ expiration: { days: 365 } }),
      { "s3-bucket-expires-nothing-too-early": { minimumDays: 365 } },
    ],
    [replicationCopiesAllButDeletions, "a copy of everything", replication()],
    [replicationStaysInOwnBuckets, "a copy to a bucket of the stack", replication()],
    [
      replicationStaysInOwnBuckets,
      "a copy to a bucket that the engine knows",
      (opts) => {
        const logs = logBucket(opts);
        replicate(opts, caseBucket(opts, logs), { destination: { ...destination, bucket: caseBucket(opts, logs, {}, "copy").arn } });
      },
    ],
    [
      replicationStaysInOwnBuckets,
      "a copy to an approved bucket",
      replication({ destination: { ...destination, bucket: "arn:aws:s3:::elsewhere" } }),
      { "s3-replication-stays-in-own-buckets": { buckets: ["arn:aws:s3:::elsewhere"] } },
    ],
    [
      bucketIsEmptiedByNoDeployment,
      "forceDestroy where that is allowed",
      changed({ args: { forceDestroy: true } }),
      { "s3-bucket-is-emptied-by-no-deployment": { allowed: true } },
    ],
    [
      bucketIsAcceleratedWhereAllowed,
      "suspended acceleration",
      (opts) => new aws.s3.BucketAccelerateConfiguration("fast", { bucket: "lake", status: "Suspended" }, opts),
    ],
    [
      bucketIsAcceleratedWhereAllowed,
      "acceleration where that is allowed",
      (opts) => new aws.s3.BucketAccelerateConfiguration("fast", { bucket: "lake", status: "Enabled" }, opts),
      { "s3-bucket-is-accelerated-where-allowed": { allowed: true } },
    ],
    [bucketLetsInNamedPagesOnly, "a page", cors({})],
    [
      bucketLetsInNamedPagesOnly,
      "a page on this machine where that is allowed",
      cors({ allowedOrigins: ["http://127.0.0.1:*"] }),
      { "s3-bucket-lets-in-named-pages-only": { plainOrigins: ["http://127.0.0.1:*"] } },
    ],
  ];
  for (const [rule, what, program, config] of accepted) {
    it(`${rule.name} accepts ${what}`, async () => {
      expect(await violations(rule, program, config)).to.deep.equal([]);
      expect(await applications(rule, program), "applications").not.to.equal(what.includes("nobody's") ? -1 : 0);
    });
  }

  it("s3-bucket-lock-binds-everybody asks a lock of the buckets that the configuration names", async () => {
    const config = { "s3-bucket-lock-binds-everybody": { buckets: ["lake"], minimumDays: 3650 } };
    expect(await violations(bucketLockBindsEverybody, changed(lock({ mode: "COMPLIANCE", days: 365 })), config)).to.deep.equal([
      'Bucket "lake" locks objects 365 days; it must lock them 3650.',
    ]);
    expect(await violations(bucketLockBindsEverybody, changed({}), config)).to.have.length(3);
    expect(await applications(bucketLockBindsEverybody, changed({}))).to.equal(0);
  });

  it("apply to what they are about only", async () => {
    for (const rule of [bucketOfAuditTrailIsLocked, bucketOfAuditTrailDeletesNothing, bucketOfAuditTrailIsWrittenByServicesOnly, replicationStaysInOwnBuckets])
      expect(await applications(rule, changed({})), rule.name).to.equal(0);
    expect(await applications(bucketIsBackedUp, changed({ args: { tags: { "data-classification": "audit" } } }))).to.equal(0);
    expect(await applications(bucketOfAuditTrailIsLocked, changedTrail({}, "config.amazonaws.com"))).to.equal(0);
    expect(await applications(bucketOfAuditTrailDeletesNothing, changedTrail({}, "config.amazonaws.com"))).to.equal(1);
  });
});
