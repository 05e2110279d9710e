import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { AccessLogBucket } from "../data/access-log-bucket.ts";
import { PrivateBucket } from "../data/private-bucket.ts";
import type { Place, Removal } from "../place.ts";
import { EncryptionKey } from "../security/encryption-key.ts";
import type { ResourceStatement } from "../security/policy.ts";

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

/** What lies where in the archive. */
export const archivePrefixes = { trail: "cloudtrail", configuration: "config" } as const;

/** Six years: HIPAA 164.316(b)(2)(i), with the two leap days that they can hold. */
export const archiveDays = 2192;

/**
 * The audit trail of the whole organisation, in an account of its own: written by CloudTrail and Config, deleted or changed
 * by nobody for six years, whoever asks. HIPAA 164.312(b), 164.312(c)(1), 164.316(b)(2)(i).
 */
export class LogArchive extends PrivateBucket {
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: LogArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    const { place, removal } = args;
    const key = new EncryptionKey(`${name}-key`, { place, removal, description: "Audit trail of the organisation", services: keyUsers(args) }, opts);
    super(
      "svp:organization:LogArchive",
      name,
      {
        place,
        suffix: "log-archive",
        // What must be kept for six years outlives its stack.
        removal,
        keyArn: key.arn,
        noncurrentDays: archiveDays,
        expireDays: archiveDays + 1,
        lockDays: archiveDays,
        transitions: [{ days: 90, storageClass: "GLACIER_IR" }],
        statements: (arn) => writers(args, arn),
      },
      opts,
    );
    this.keyArn = key.arn;
    const accessLogs = new AccessLogBucket(`${name}-access-logs`, { place, removal, retentionDays: args.accessLogDays }, { parent: this });
    new aws.s3.BucketLogging(this.childName("logging"), { ...this.which, targetBucket: accessLogs.bucket, targetPrefix: "log-archive/" }, this.child());
    this.registerOutputs({ bucket: this.bucket, keyArn: this.keyArn });
  }
}

/** CloudTrail User Guide, "Creating an S3 bucket that will be used to store the log files for an organization trail"; Config Developer Guide, "Permissions for the Amazon S3 bucket". */
function writers({ place, managementAccountId, trailArn, recordedAccountIds }: LogArchiveArgs, bucketArn: string): ResourceStatement[] {
  const trail = { Principal: { Service: "cloudtrail.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": trailArn } } } as const;
  const config = { Principal: { Service: "config.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": recordedAccountIds } } } as const;
  const logs = (prefix: string, owner: string): string => `${bucketArn}/${prefix}/AWSLogs/${owner}/*`;
  return [
    { Sid: "TrailFindsBucket", Effect: "Allow", Action: ["s3:GetBucketAcl"], Resource: [bucketArn], ...trail },
    {
      Sid: "TrailWrites",
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: [logs(archivePrefixes.trail, managementAccountId), logs(archivePrefixes.trail, place.organizationId)],
      ...trail,
    },
    { Sid: "ConfigFindsBucket", Effect: "Allow", Action: ["s3:GetBucketAcl", "s3:ListBucket"], Resource: [bucketArn], ...config },
    {
      Sid: "ConfigWrites",
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: recordedAccountIds.map((account) => `${logs(archivePrefixes.configuration, account).replace(/\*$/, "")}Config/*`),
      ...config,
    },
  ];
}

function keyUsers({ trailArn, managementAccountId, recordedAccountIds }: LogArchiveArgs): ResourceStatement[] {
  return [
    {
      Sid: "TrailUsesKey",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: ["kms:GenerateDataKey*"],
      Resource: ["*"],
      Condition: {
        StringEquals: { "aws:SourceArn": trailArn },
        StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:*:${managementAccountId}:trail/*` },
      },
    },
    {
      Sid: "TrailDescribesKey",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: ["kms:DescribeKey"],
      Resource: ["*"],
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "ConfigUsesKey",
      Effect: "Allow",
      Principal: { Service: "config.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: ["*"],
      Condition: { StringEquals: { "aws:SourceAccount": recordedAccountIds } },
    },
  ];
}
