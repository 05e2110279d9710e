import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import { denyPlainHttp, policyDocument, type ResourceStatement } from "../security/policy.ts";

export interface PrivateBucketArgs {
  place: Place;
  /** Last part of the bucket's name: `svp-<stack>-<account>-<suffix>`. */
  suffix: string;
  removal: Removal;
  /** Days an overwritten or deleted object can still be read back. */
  noncurrentDays: number;
  /** Days until an object is deleted. Never, if absent. */
  expireDays?: number;
  /** Key of the bucket's objects; null means S3's own keys, for the one kind of bucket that can't take a customer key. */
  keyArn: pulumi.Input<string> | null;
  /** Statements beside those that every bucket has. */
  statements: (bucketArn: string) => readonly ResourceStatement[];
}

/** Unfinished uploads are swept away after this; a browser resumes within it. */
const abortUploadsAfterDays = 2;

/**
 * The parts that every bucket of the platform has: no public access, no ACLs, versions, encryption, TLS 1.2.
 *
 * HIPAA 164.312(a)(1), (a)(2)(iv), (c)(1), (e)(1).
 */
export abstract class PrivateBucket extends PlatformComponent {
  /** Known before the bucket is made, so that policies can be judged in a preview. */
  readonly bucketName: string;
  /** The bucket's name as the created bucket tells it: whoever uses it waits for the bucket. */
  readonly bucket: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  protected constructor(kind: `svp:data:${string}`, name: string, args: PrivateBucketArgs, opts: pulumi.ComponentResourceOptions | undefined) {
    super(kind, name, opts);
    for (const property of ["noncurrentDays", "expireDays"] as const) {
      const days = args[property];
      if (days !== undefined && !(Number.isInteger(days) && days >= 1)) this.reject(property, `must be a whole number of days, 1 or more, not ${days}.`);
    }
    this.bucketName = physicalName(args.place, `${args.place.accountId}-${args.suffix}`);

    const bucket = new aws.s3.Bucket(
      name,
      { bucket: this.bucketName, forceDestroy: args.removal === "destroy" },
      this.child({ protect: args.removal === "retain" }),
    );
    this.bucket = bucket.bucket;
    this.arn = bucket.arn;
    this.#forbidAclsAndPublicAccess();
    this.#encrypt(args.keyArn);
    this.#keepVersions(args);
    this.#guard(args.statements);
  }

  #forbidAclsAndPublicAccess(): void {
    new aws.s3.BucketOwnershipControls(this.childName("ownership"), { bucket: this.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, this.child());
    new aws.s3.BucketPublicAccessBlock(
      this.childName("private"),
      { bucket: this.bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      this.child(),
    );
  }

  #encrypt(keyArn: pulumi.Input<string> | null): void {
    const algorithm = keyArn === null ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn };
    new aws.s3.BucketServerSideEncryptionConfiguration(
      this.childName("encryption"),
      { bucket: this.bucket, rules: [{ applyServerSideEncryptionByDefault: algorithm, ...(keyArn !== null && { bucketKeyEnabled: true }) }] },
      this.child(),
    );
  }

  #keepVersions({ noncurrentDays, expireDays }: PrivateBucketArgs): void {
    const versioning = new aws.s3.BucketVersioning(
      this.childName("versioning"),
      { bucket: this.bucket, versioningConfiguration: { status: "Enabled" } },
      this.child(),
    );
    new aws.s3.BucketLifecycleConfiguration(
      this.childName("lifecycle"),
      {
        bucket: this.bucket,
        rules: [
          {
            id: "sweep",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: abortUploadsAfterDays },
            noncurrentVersionExpiration: { noncurrentDays },
            ...(expireDays !== undefined && { expiration: { days: expireDays } }),
          },
        ],
      },
      // S3 refuses a rule about noncurrent versions on a bucket that keeps none.
      this.child({ dependsOn: [versioning] }),
    );
  }

  #guard(more: PrivateBucketArgs["statements"]): void {
    const arn = `arn:aws:s3:::${this.bucketName}`;
    const all = { Effect: "Deny", Principal: "*", Resource: [arn, `${arn}/*`] } as const;
    const statements: ResourceStatement[] = [
      denyPlainHttp("s3", [arn, `${arn}/*`]),
      { ...all, Sid: "DenyOldTls", Action: ["s3:*"], Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
      ...more(arn),
    ];
    new aws.s3.BucketPolicy(this.childName("policy"), { bucket: this.bucket, policy: policyDocument(statements) }, this.child());
  }
}

/** `bucket/prefix*` as the ARN of objects. */
export const objectArns = (bucketArn: pulumi.Input<string>, prefix: string): pulumi.Output<string> => pulumi.interpolate`${bucketArn}/${prefix}*`;
