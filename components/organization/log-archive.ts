import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { AccessLogBucket } from "../data/access-log-bucket.ts";
import type { Place, Removal } from "../place.ts";
import { EncryptionKey } from "../security/encryption-key.ts";
import type { ResourceStatement } from "../security/policy.ts";
import { ArchiveBucket } from "./archive-bucket.ts";

export interface LogArchiveArgs {
  /** The log archive account: nothing else happens there. */
  place: Place;
  removal: Removal;
  /** The account that the organisation's trail stands in. */
  managementAccountId: string;
  /** ARN of that trail, known before it is made. */
  trailArn: string;
  /** Accounts whose configuration is recorded here. */
  recordedAccountIds: readonly string[];
  /** Days that access logs of the archive itself are kept. */
  accessLogDays: number;
}

/** First parts of the keys in the archive. */
export const archivePrefixes = { trail: "cloudtrail", configuration: "config" } as const;

/** Six years: HIPAA 164.316(b)(2)(i), with the two leap days that they can hold. */
export const archiveDays = 2192;

/**
 * What happened in the organisation and how everything was configured, in an account of its own: written by CloudTrail and
 * Config, deleted or changed by nobody for six years. HIPAA 164.312(b), 164.312(c)(1), 164.316(b)(2)(i).
 *
 * Two buckets, because Config delivers to none that locks what it takes by default (Config Developer Guide, "Managing the
 * delivery channel"): the trail's is locked by S3, for the account's root, too; Config's is closed by its policy.
 */
export class LogArchive extends PlatformComponent {
  /** Bucket that Config of every account delivers to. */
  readonly bucket: pulumi.Output<string>;
  /** Bucket that the organisation's trail delivers to. */
  readonly trailBucket: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: LogArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:LogArchive", name, opts);
    const { place, removal } = args;
    if (args.recordedAccountIds.length === 0) this.reject("recordedAccountIds", "must name at least one account.");

    new aws.s3.AccountPublicAccessBlock(
      this.childName("buckets"),
      { accountId: place.accountId, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      this.child(),
    );
    const key = new EncryptionKey(
      this.childName("key"),
      { place, removal, description: "Audit trail of the organisation", services: keyUsers(args) },
      { parent: this },
    );
    const accessLogs = new AccessLogBucket(this.childName("access-logs"), { place, removal, retentionDays: args.accessLogDays }, { parent: this });
    const common = { place, removal, days: archiveDays, keyArn: key.arn, accessLogs };
    const trail = new ArchiveBucket(
      this.childName("trail"),
      { ...common, suffix: "trail-archive", locked: true, writers: (arn) => trailWrites(args, arn) },
      { parent: this },
    );
    const configuration = new ArchiveBucket(
      this.childName("configuration"),
      { ...common, suffix: "configuration-archive", locked: false, writers: (arn) => configWrites(args, arn) },
      { parent: this },
    );

    this.bucket = configuration.bucket;
    this.trailBucket = trail.bucket;
    this.keyArn = key.arn;
    this.registerOutputs({ bucket: this.bucket, trailBucket: this.trailBucket, keyArn: this.keyArn });
  }
}

const byTrail = ({ trailArn }: LogArchiveArgs) =>
  ({ Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": trailArn } } }) as const;

const byConfig = ({ recordedAccountIds }: LogArchiveArgs) =>
  ({ Effect: "Allow", Principal: { Service: "config.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": recordedAccountIds } } }) as const;

/** CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail": an organisation's trail writes below both ids. */
function trailWrites(args: LogArchiveArgs, bucketArn: string): ResourceStatement[] {
  const below = (owner: string): string => `${bucketArn}/${archivePrefixes.trail}/AWSLogs/${owner}/*`;
  return [
    { ...byTrail(args), Sid: "TrailFindsBucket", Action: ["s3:GetBucketAcl"], Resource: [bucketArn] },
    { ...byTrail(args), Sid: "TrailWrites", Action: ["s3:PutObject"], Resource: [below(args.managementAccountId), below(args.place.organizationId)] },
  ];
}

/** Config Developer Guide, "Permissions for the Amazon S3 bucket for the AWS Config delivery channel". */
function configWrites(args: LogArchiveArgs, bucketArn: string): ResourceStatement[] {
  const below = (account: string): string => `${bucketArn}/${archivePrefixes.configuration}/AWSLogs/${account}/Config/*`;
  return [
    { ...byConfig(args), Sid: "ConfigFindsBucket", Action: ["s3:GetBucketAcl", "s3:ListBucket"], Resource: [bucketArn] },
    { ...byConfig(args), Sid: "ConfigWrites", Action: ["s3:PutObject"], Resource: args.recordedAccountIds.map(below) },
  ];
}

/**
 * The trail is bound by its ARN, not by its encryption context: with a bucket's key S3 asks KMS in the name of the bucket
 * (S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
 */
function keyUsers(args: LogArchiveArgs): ResourceStatement[] {
  return [
    { ...byTrail(args), Sid: "TrailUsesKey", Action: ["kms:DescribeKey", "kms:GenerateDataKey*"], Resource: ["*"] },
    { ...byConfig(args), Sid: "ConfigUsesKey", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: ["*"] },
  ];
}
