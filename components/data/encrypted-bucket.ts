import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Place, Removal } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type ResourceStatement, type Statement } from "../security/policy.ts";
import type { AccessLogBucket } from "./access-log-bucket.ts";
import { objectArns, PrivateBucket, type ShortLived } from "./private-bucket.ts";
import type { Transition } from "./transitions.ts";

export interface EncryptedBucketArgs {
  place: Place;
  /** Last part of the bucket's name. */
  suffix: string;
  removal: Removal;
  /** Encrypts every object. */
  key: EncryptionKey;
  accessLogs: AccessLogBucket;
  /** Days an overwritten or deleted object can still be read back. */
  noncurrentDays: number;
  /** When objects move to cheaper storage. */
  transitions?: readonly Transition[];
  /** Days until an object is deleted. Never, if absent. */
  expireDays?: number;
  /** Objects that are deleted some days after they were written. None, if absent. */
  shortLived?: readonly ShortLived[];
  /** Days that no version can be deleted or overwritten by anybody, the account's root included. They can be, if absent. */
  lockDays?: number;
  /** Prefix of what CloudFront distributions of the account may serve; empty for everything. Nothing, if absent. */
  servedPrefix?: string;
  /** Lets uploads enter AWS's network close to where they come from. They then do not come through a VPC endpoint. */
  accelerated?: boolean;
  /** Sends an event to EventBridge for every change. */
  emitsEvents?: boolean;
  /** Pages that may use signed URLs. None, if absent. */
  browsers?: BrowserAccess;
  /** Whose data the bucket holds, if not the environment's: nobody's. It then need not be backed up. */
  dataClassification?: "none";
  /** Statements of the bucket's policy beside those that every bucket has: AWS services that write there as themselves. */
  statements?: (bucketArn: string) => readonly ResourceStatement[];
}

export interface BrowserAccess {
  /** Where the pages come from: `https://review.example.org`. */
  readonly origins: readonly string[];
  /** What they do with objects. */
  readonly methods: readonly ("GET" | "HEAD" | "PUT")[];
}

/**
 * What can be allowed on objects, and how each action uses the bucket's key. Whoever uploads in parts must be able to
 * abort, and needs Decrypt to join the parts (S3 User Guide, "Multipart upload API and permissions").
 */
const keyActions = {
  "s3:GetObject": ["kms:Decrypt"],
  "s3:GetObjectVersion": ["kms:Decrypt"],
  "s3:PutObject": ["kms:GenerateDataKey"],
  "s3:AbortMultipartUpload": ["kms:Decrypt"],
  "s3:ListMultipartUploadParts": [],
  "s3:GetObjectVersionTagging": [],
  "s3:PutObjectVersionTagging": [],
  "s3:DeleteObject": [],
  "s3:GetObjectLegalHold": [],
  "s3:GetObjectRetention": [],
} as const;
export type ObjectAction = keyof typeof keyActions;

/** What a browser may send along: the type of a part, its checksum, and the range of a video that it wants. */
const browserHeaders = ["content-md5", "content-type", "range", "x-amz-checksum-sha256", "x-amz-sdk-checksum-algorithm"];

/** Longest life of a signed URL, in milliseconds. */
const longestSignatureAge = 15 * 60 * 1000;

/**
 * A private, versioned bucket whose objects are all encrypted with one customer key.
 *
 * HIPAA 164.312(a)(1), (a)(2)(iv), (b), (c)(1), (e)(1).
 */
export class EncryptedBucket extends PrivateBucket {
  readonly key: EncryptionKey;
  /** Days that every version is locked; undefined if none is. */
  readonly lockDays: number | undefined;

  constructor(name: string, args: EncryptedBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "svp:data:EncryptedBucket",
      name,
      {
        place: args.place,
        suffix: args.suffix,
        removal: args.removal,
        noncurrentDays: args.noncurrentDays,
        keyArn: args.key.arn,
        ...(args.transitions && { transitions: args.transitions }),
        ...(args.expireDays !== undefined && { expireDays: args.expireDays }),
        ...(args.shortLived && { shortLived: args.shortLived }),
        ...(args.lockDays !== undefined && { lockDays: args.lockDays }),
        ...(args.dataClassification && { dataClassification: args.dataClassification }),
        statements: (arn) => [
          ...denyOtherEncryption(arn, args.key.arn),
          denyOldSignatures(arn),
          ...(args.statements?.(arn) ?? []),
          ...(args.servedPrefix === undefined ? [] : [cloudFrontReads(args.place, arn, args.servedPrefix)]),
        ],
      },
      opts,
    );
    this.key = args.key;
    this.lockDays = args.lockDays;

    new aws.s3.BucketLogging(this.childName("logging"), { ...this.which, targetBucket: args.accessLogs.bucket, targetPrefix: `${args.suffix}/` }, this.child());
    if (args.emitsEvents) new aws.s3.BucketNotification(this.childName("events"), { ...this.which, eventbridge: true }, this.child());
    if (args.accelerated) new aws.s3.BucketAccelerateConfiguration(this.childName("acceleration"), { ...this.which, status: "Enabled" }, this.child());
    if (args.browsers?.origins.length) this.#letBrowsersIn(args.browsers);
    this.registerOutputs({ bucket: this.bucket });
  }

  /** Statements that allow these actions on the objects under a prefix, and the use of the key that they bring along. */
  allow(sid: string, actions: readonly ObjectAction[], prefix: string): Statement[] {
    const onObjects = allow(sid, actions, [objectArns(this.arn, prefix)]);
    const onKey = [...new Set(actions.flatMap((action) => keyActions[action]))].sort();
    return onKey.length === 0 ? [onObjects] : [onObjects, this.key.allowVia(`${sid}Key`, "s3", onKey)];
  }

  /** Statement that allows listing the keys under a prefix. */
  allowList(sid: string, prefix: string): Statement {
    return allow(sid, ["s3:ListBucket"], [this.arn], { StringLike: { "s3:prefix": `${prefix}*` } });
  }

  /** Statement that allows listing the versions of keys under a prefix, or under each of several. */
  allowListVersions(sid: string, prefix: string | readonly string[]): Statement {
    const patterns = typeof prefix === "string" ? `${prefix}*` : prefix.map((each) => `${each}*`);
    return allow(sid, ["s3:ListBucketVersions"], [this.arn], { StringLike: { "s3:prefix": patterns } });
  }

  /** Statement that lets S3 answer "no such key" where it would otherwise say "access denied": it tells the two apart only to who may list. */
  allowNoticingAbsence(sid: string): Statement {
    return allow(sid, ["s3:ListBucket"], [this.arn]);
  }

  /** `s3://bucket/key`; whoever uses it waits for the bucket. */
  uri(key: string): pulumi.Output<string> {
    return pulumi.interpolate`s3://${this.bucket}/${key}`;
  }

  #letBrowsersIn({ origins, methods }: BrowserAccess): void {
    new aws.s3.BucketCorsConfiguration(
      this.childName("cors"),
      {
        ...this.which,
        corsRules: [
          {
            allowedOrigins: [...origins],
            allowedMethods: [...methods],
            allowedHeaders: [...browserHeaders],
            exposeHeaders: ["ETag"],
            maxAgeSeconds: 3600,
          },
        ],
      },
      this.child(),
    );
  }
}

/**
 * Refuses objects that name another key, another kind of encryption, or `aws:kms` without a key (which would mean
 * AWS's own key). A request that names nothing gets the bucket's default, which is the right key.
 */
function denyOtherEncryption(bucketArn: string, keyArn: pulumi.Input<string>): ResourceStatement[] {
  const kind = "s3:x-amz-server-side-encryption";
  const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
  const deny = (Sid: string, Condition: ResourceStatement["Condition"] & object): ResourceStatement => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutObject"],
    Resource: [`${bucketArn}/*`],
    Condition,
  });
  return [
    deny("DenyOtherEncryption", { Null: { [kind]: "false" }, StringNotEquals: { [kind]: "aws:kms" } }),
    deny("DenyOtherKey", { Null: { [key]: "false" }, StringNotEquals: { [key]: keyArn } }),
    deny("DenyUnnamedKey", { StringEquals: { [kind]: "aws:kms" }, Null: { [key]: "true" } }),
  ];
}

/** A leaked URL is of no use after a quarter of an hour. */
function denyOldSignatures(bucketArn: string): ResourceStatement {
  return {
    Sid: "DenyOldSignatures",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:*"],
    Resource: [`${bucketArn}/*`],
    Condition: { NumericGreaterThan: { "s3:signatureAge": String(longestSignatureAge) } },
  };
}

/** Any distribution of the account, so that the bucket does not wait for the one that waits for it. */
function cloudFrontReads({ accountId }: Place, bucketArn: string, prefix: string): ResourceStatement {
  return {
    Sid: "CloudFrontReads",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: ["s3:GetObject"],
    Resource: [`${bucketArn}/${prefix}*`],
    Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${accountId}:distribution/*` } },
  };
}
