import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place, Removal } from "../place.ts";
import { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { AccessLogBucket } from "./access-log-bucket.ts";
import { EncryptedBucket } from "./encrypted-bucket.ts";

export interface BucketReplicationArgs {
  place: Place;
  removal: Removal;
  /** Buckets to keep a copy of, by the last part of their names. */
  sources: Readonly<Record<string, EncryptedBucket>>;
  /** Another Region, which the organisation's guardrails must allow. */
  region: string;
  retention: {
    noncurrentDays: number;
    accessLogDays: number;
  };
}

/**
 * A copy of buckets in another Region, as safe as they are: own key, own access logs. HIPAA 164.308(a)(7)(ii)(A), (B).
 *
 * Deletions are not copied: who deletes in one Region, by mistake or malice, has not deleted in the other.
 */
export class BucketReplication extends PlatformComponent {
  constructor(name: string, args: BucketReplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:data:BucketReplication", name, opts);
    const { place, removal, retention } = args;
    if (args.region === place.region) this.reject("region", `must be another than the environment's own, ${place.region}.`);
    const there: Place = { ...place, region: args.region };
    const inside = { parent: this };

    const key = new EncryptionKey(this.childName("key"), { place: there, removal, description: "Copies of the data lake" }, inside);
    const accessLogs = new AccessLogBucket(
      this.childName("access-logs"),
      { place: there, suffix: "copies-access-logs", removal, retentionDays: retention.accessLogDays },
      inside,
    );
    const pairs = Object.entries(args.sources).map(([suffix, source]) => ({
      suffix,
      source,
      copy: new EncryptedBucket(
        this.childName(suffix),
        {
          place: there,
          suffix: `${suffix}-copy`,
          removal,
          key,
          accessLogs,
          noncurrentDays: retention.noncurrentDays,
          transitions: archived,
          // What is locked is copied only to where it is locked, too.
          ...(source.lockDays !== undefined && { lockDays: source.lockDays }),
        },
        inside,
      ),
    }));
    const role = new ServiceRole(
      this.childName("role"),
      { place, service: "s3.amazonaws.com", statements: pairs.flatMap(({ source, copy }, i) => replicate(String(i), source, copy)) },
      inside,
    );
    for (const { suffix, source, copy } of pairs) {
      new aws.s3.BucketReplicationConfig(
        this.childName(`${suffix}-rule`),
        {
          region: place.region,
          bucket: source.bucket,
          role: role.arn,
          rules: [
            {
              id: "copy",
              status: "Enabled",
              priority: 1,
              filter: { prefix: "" },
              deleteMarkerReplication: { status: "Disabled" },
              sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
              destination: { bucket: copy.arn, encryptionConfiguration: { replicaKmsKeyId: key.arn } },
            },
          ],
        },
        // S3 refuses to copy between buckets that keep no versions.
        this.child({ dependsOn: [source, copy] }),
      );
    }
    this.registerOutputs();
  }
}

/** A copy is read only when the other Region is lost. */
const archived = [{ days: 1, storageClass: "GLACIER_IR" }] as const;

/** S3 User Guide, "Setting up permissions for live replication", "Replicating encrypted objects" and "Object Lock considerations". */
function replicate(id: string, source: EncryptedBucket, copy: EncryptedBucket): Statement[] {
  return [
    allow(`ReadRule${id}`, ["s3:GetReplicationConfiguration", "s3:ListBucket"], [source.arn]),
    allow(`ReadVersions${id}`, ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"], [source.objects]),
    ...(source.lockDays === undefined ? [] : [allow(`ReadLocks${id}`, ["s3:GetObjectLegalHold", "s3:GetObjectRetention"], [source.objects])]),
    source.key.allowVia(`OpenSource${id}`, "s3", ["kms:Decrypt"]),
    allow(`WriteCopies${id}`, ["s3:ReplicateObject", "s3:ReplicateTags"], [copy.objects]),
    copy.key.allowVia(`SealCopies${id}`, "s3", ["kms:Encrypt", "kms:GenerateDataKey"]),
  ];
}
