import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { bucketParts, type Parts } from "./programs.ts";

export const keyArn = "arn:aws:kms:us-east-1:111111111111:key/lake";

type Opts = { provider: aws.Provider };
export type Change = Partial<Parts>;
type Statement = Record<string, unknown> & { Sid: string };

const arns = (name: string): string[] => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`];
const deny = (name: string, Sid: string, Condition: object): Statement => ({
  Sid,
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: arns(name),
  Condition,
});

/** What the policy of every bucket says, by the names of the statements; a test leaves out, or alters, one. */
export function guards(name: string): Record<string, Statement> {
  const kind = "s3:x-amz-server-side-encryption";
  const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
  const put = (Sid: string, Condition: object): Statement => ({ ...deny(name, Sid, Condition), Action: "s3:PutObject", Resource: [`arn:aws:s3:::${name}/*`] });
  return Object.fromEntries(
    [
      deny(name, "Plain", { Bool: { "aws:SecureTransport": "false" } }),
      deny(name, "OldTls", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
      deny(name, "Outsiders", {
        StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
      }),
      deny(name, "OldSignatures", { NumericGreaterThan: { "s3:signatureAge": "900000" } }),
      put("OtherKind", { Null: { [kind]: "false" }, StringNotEquals: { [kind]: "aws:kms" } }),
      put("OtherKey", { Null: { [key]: "false" }, StringNotEquals: { [key]: keyArn } }),
      put("NoKey", { StringEquals: { [kind]: "aws:kms" }, Null: { [key]: "true" } }),
    ].map((statement) => [statement.Sid, statement]),
  );
}

/** The statements of a bucket's policy but for some, and with more. */
export const without = (name: string, left: readonly string[], ...more: object[]): object[] => [
  ...Object.values(guards(name)).filter(({ Sid }) => !left.includes(Sid)),
  ...more,
];

/** Lets an AWS service write into a bucket for the account's own resources. */
export const lets = (name: string, service: string, more: object = {}): object => ({
  Sid: "Writes",
  Effect: "Allow",
  Principal: { Service: service },
  Action: "s3:PutObject",
  Resource: `arn:aws:s3:::${name}/*`,
  Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
  ...more,
});

/** A rule of a lifecycle that removes what is of no more use, and nothing else. */
export const sweep = (more: Partial<aws.types.input.s3.BucketLifecycleConfigurationRule> = {}): aws.types.input.s3.BucketLifecycleConfigurationRule => ({
  id: "sweep",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
  noncurrentVersionExpiration: { noncurrentDays: 30 },
  expiration: { expiredObjectDeleteMarker: true },
  ...more,
});

const whole = { ownership: "BucketOwnerEnforced", lifecycle: [sweep()] };
const blockedEncryptionTypes = ["SSE-C"];

/** A bucket for access logs that every rule accepts, but for what `change` takes away or alters. */
export const logBucket = (opts: Opts, change: Change = {}, name = "logs"): aws.s3.Bucket =>
  bucketParts(name, keyArn, opts, {
    ...whole,
    encryption: { sseAlgorithm: "AES256", bucketKeyEnabled: false, blockedEncryptionTypes },
    statements: [...without(name, ["OldSignatures", "OtherKind", "OtherKey", "NoKey"]), lets(name, "logging.s3.amazonaws.com")],
    ...change,
  });

/** A bucket of cases that every rule accepts, but for what `change` takes away or alters. */
export const caseBucket = (opts: Opts, logs: aws.s3.Bucket, change: Change = {}, name = "lake", key: pulumi.Input<string> = keyArn): aws.s3.Bucket =>
  bucketParts(name, key, opts, {
    ...whole,
    encryption: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key, bucketKeyEnabled: true, blockedEncryptionTypes },
    statements: without(name, []),
    logs,
    ...change,
  });

/** A bucket that CloudTrail writes its trail to, and that every rule accepts, but for what `change` takes away or alters. */
export function trailBucket(opts: Opts, logs: aws.s3.Bucket, change: Change = {}, writer = "cloudtrail.amazonaws.com"): aws.s3.Bucket {
  const name = "trail";
  return caseBucket(
    opts,
    logs,
    {
      args: { objectLockEnabled: true },
      lock: { mode: "COMPLIANCE", days: 2192 },
      statements: without(name, ["OldSignatures", "OtherKind", "NoKey"], ...archived(name), lets(name, writer)),
      ...change,
    },
    name,
  );
}

/** What closes an archive to deletion, and to all writers but AWS services. */
export const archived = (name: string): Statement[] => [
  {
    ...deny(name, "Deletion", {}),
    Action: ["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"],
    Resource: [`arn:aws:s3:::${name}/*`],
  },
  {
    ...deny(name, "Writers", { BoolIfExists: { "aws:PrincipalIsAWSService": "false" } }),
    Action: "s3:PutObject",
    Resource: [`arn:aws:s3:::${name}/*`],
  },
];

/** Buckets of cases, of their logs and of a trail, the cases backed up, in an account that blocks public access: nothing to object to. */
export function wholeLake(opts: Opts): void {
  const logs = logBucket(opts);
  const lake = caseBucket(opts, logs);
  trailBucket(opts, logs, { args: { objectLockEnabled: true, tags: { "data-classification": "audit" } } });
  backUp(opts, [lake.arn]);
  new aws.s3.AccountPublicAccessBlock("account", { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true }, opts);
}

export const backUp = (opts: Opts, resources: pulumi.Input<string>[], more: Partial<aws.backup.SelectionArgs> = {}): aws.backup.Selection =>
  new aws.backup.Selection("backup", { planId: "plan", iamRoleArn: "arn:aws:iam::111111111111:role/backup", resources, ...more }, opts);
