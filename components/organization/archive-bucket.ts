import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AccessLogBucket } from "../data/access-log-bucket.ts";
import { PrivateBucket } from "../data/private-bucket.ts";
import type { Place, Removal } from "../place.ts";
import type { ResourceStatement } from "../security/policy.ts";

export interface ArchiveBucketArgs {
  place: Place;
  /** Last part of the bucket's name; ends in `archive`, which the guardrails of the organisation watch for. */
  suffix: `${string}-archive`;
  removal: Removal;
  /** Days that everything is kept. */
  days: number;
  /** Whether S3 itself keeps every version so long, whoever asks; not all of those who write can do with that. */
  locked: boolean;
  keyArn: pulumi.Input<string>;
  accessLogs: AccessLogBucket;
  /** Who writes: AWS services, as themselves. */
  writers: (bucketArn: string) => readonly ResourceStatement[];
}

/** Days until what lies in the archive moves to cheaper storage that is still read at once. */
const warmDays = 90;

/**
 * A bucket that AWS services write to and nobody deletes from: its policy refuses both to every person and role.
 *
 * HIPAA 164.312(b), 164.312(c)(1), 164.316(b)(2)(i).
 */
export class ArchiveBucket extends PrivateBucket {
  constructor(name: string, args: ArchiveBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "svp:organization:ArchiveBucket",
      name,
      {
        place: args.place,
        suffix: args.suffix,
        removal: args.removal,
        keyArn: args.keyArn,
        // What S3 locks outlives being overwritten; elsewhere the overwritten is kept as long as the rest.
        noncurrentDays: args.locked ? 30 : args.days,
        // A lock ends in the course of its last day.
        expireDays: args.days + 1,
        transitions: [{ days: warmDays, storageClass: "GLACIER_IR" }],
        ...(args.locked && { lockDays: args.days }),
        statements: (arn) => [...closed(arn, args.keyArn), ...args.writers(arn)],
      },
      opts,
    );
    new aws.s3.BucketLogging(this.childName("logging"), { ...this.which, targetBucket: args.accessLogs.bucket, targetPrefix: `${args.suffix}/` }, this.child());
    this.registerOutputs({ bucket: this.bucket });
  }
}

/**
 * Another kind of encryption is not refused: CloudTrail encrypts its digest files with S3's own keys, whatever the trail's key
 * (CloudTrail User Guide, "Encrypting CloudTrail log files with AWS KMS keys").
 */
function closed(bucketArn: string, keyArn: pulumi.Input<string>): ResourceStatement[] {
  const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
  const deny = { Effect: "Deny", Principal: "*", Resource: [`${bucketArn}/*`] } as const;
  return [
    { ...deny, Sid: "DenyDeletion", Action: ["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"] },
    { ...deny, Sid: "DenyOtherWriters", Action: ["s3:PutObject"], Condition: { BoolIfExists: { "aws:PrincipalIsAWSService": "false" } } },
    { ...deny, Sid: "DenyOtherKey", Action: ["s3:PutObject"], Condition: { Null: { [key]: "false" }, StringNotEquals: { [key]: keyArn } } },
  ];
}
