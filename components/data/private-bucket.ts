import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import { denyPlainHttp, policyDocument, type ResourceStatement } from "../security/policy.ts";
import { flawOfTransitions, type Transition } from "./transitions.ts";

export interface PrivateBucketArgs {
  place: Place;
  /** Last part of the bucket's name: `svp-<stack>-<account>-<suffix>`. */
  suffix: string;
  removal: Removal;
  /** Days an overwritten or deleted object can still be read back. */
  noncurrentDays: number;
  /** Days until an object is deleted. Never, if absent. */
  expireDays?: number;
  /** Objects that are deleted some days after they were written, and a day later for good: by their prefix. None, if absent. */
  shortLived?: readonly ShortLived[];
  /** When objects move to cheaper storage, in order of time. They stay where they are, if absent. */
  transitions?: readonly Transition[];
  /** Days that no version can be deleted or overwritten by anybody, the account's root included. */
  lockDays?: number;
  /** Key of the bucket's objects; null means S3's own keys, for the one kind of bucket that can't take a customer key. */
  keyArn: pulumi.Input<string> | null;
  /** Whose data the bucket holds, if not the environment's: nobody's. */
  dataClassification?: "none";
  /** Statements beside those that every bucket has. */
  statements: (bucketArn: string) => readonly ResourceStatement[];
}

/** Working copies, which nothing rests on. */
export interface ShortLived {
  /** Names the lifecycle's rule. */
  readonly id: string;
  readonly prefix: string;
  readonly days: number;
}

/** Unfinished uploads are swept away after this; a browser resumes within it. */
const abortUploadsAfterDays = 2;

/**
 * The parts that every bucket of the platform has: no public access, no ACLs, versions, encryption, TLS 1.2, and a policy
 * that lets in nobody outside the organisation.
 *
 * HIPAA 164.312(a)(1), (a)(2)(iv), (c)(1), (e)(1).
 */
export abstract class PrivateBucket extends PlatformComponent {
  /** Known before the bucket is made, so that policies can be judged in a preview. */
  readonly bucketName: string;
  /** The bucket's name as the created bucket tells it: whoever uses it waits for the bucket. */
  readonly bucket: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Where the bucket lies; its parts lie there, too, wherever their provider is. */
  protected readonly region: string;

  protected constructor(kind: `svp:${string}:${string}`, name: string, args: PrivateBucketArgs, opts: pulumi.ComponentResourceOptions | undefined) {
    super(kind, name, opts);
    this.#check(args);
    this.region = args.place.region;
    this.bucketName = physicalName(args.place, `${args.place.accountId}-${args.suffix}`);

    const bucket = new aws.s3.Bucket(
      name,
      {
        region: this.region,
        bucket: this.bucketName,
        forceDestroy: args.removal === "destroy",
        ...(args.lockDays !== undefined && { objectLockEnabled: true }),
        ...(args.dataClassification && { tags: { "data-classification": args.dataClassification } }),
      },
      this.child({ protect: args.removal === "retain" }),
    );
    this.bucket = bucket.bucket;
    this.arn = bucket.arn;
    this.#forbidAclsAndPublicAccess();
    this.#encrypt(args.keyArn);
    this.#keepVersions(args);
    this.#lock(args.lockDays);
    this.#guard(args);
  }

  /** ARN of all its objects. */
  get objects(): pulumi.Output<string> {
    return objectArns(this.arn, "");
  }

  /** ARN of the objects whose keys begin so. */
  under(prefix: string): pulumi.Output<string> {
    return objectArns(this.arn, prefix);
  }

  /** The bucket as its parts name it. */
  protected get which(): { region: string; bucket: pulumi.Output<string> } {
    return { region: this.region, bucket: this.bucket };
  }

  #check(args: PrivateBucketArgs): void {
    for (const property of ["noncurrentDays", "expireDays", "lockDays"] as const) {
      const days = args[property];
      if (days !== undefined && !(Number.isInteger(days) && days >= 1)) this.reject(property, `must be a whole number of days, 1 or more, not ${days}.`);
    }
    if (args.lockDays !== undefined && args.removal === "destroy")
      this.reject("lockDays", 'must be left out where removal is "destroy": nobody can delete what is locked.');
    const flaw = flawOfTransitions(args.transitions ?? [], args.expireDays);
    if (flaw !== undefined) this.reject("transitions", flaw);
  }

  #forbidAclsAndPublicAccess(): void {
    new aws.s3.BucketOwnershipControls(this.childName("ownership"), { ...this.which, rule: { objectOwnership: "BucketOwnerEnforced" } }, this.child());
    new aws.s3.BucketPublicAccessBlock(
      this.childName("private"),
      { ...this.which, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      this.child(),
    );
  }

  #encrypt(keyArn: pulumi.Input<string> | null): void {
    const algorithm = keyArn === null ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn };
    new aws.s3.BucketServerSideEncryptionConfiguration(
      this.childName("encryption"),
      {
        ...this.which,
        rules: [
          {
            applyServerSideEncryptionByDefault: algorithm,
            // A key that only the caller has would make the data unreadable to everybody else.
            blockedEncryptionTypes: ["SSE-C"],
            ...(keyArn !== null && { bucketKeyEnabled: true }),
          },
        ],
      },
      this.child(),
    );
  }

  #keepVersions({ noncurrentDays, expireDays, shortLived = [], transitions = [] }: PrivateBucketArgs): void {
    const versioning = new aws.s3.BucketVersioning(
      this.childName("versioning"),
      { ...this.which, versioningConfiguration: { status: "Enabled" } },
      this.child(),
    );
    new aws.s3.BucketLifecycleConfiguration(
      this.childName("lifecycle"),
      {
        ...this.which,
        rules: [
          {
            id: "sweep",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: abortUploadsAfterDays },
            noncurrentVersionExpiration: { noncurrentDays },
            // What was deleted leaves a marker behind, of no use once its versions are gone. S3 takes one kind of expiration in a rule.
            expiration: expireDays === undefined ? { expiredObjectDeleteMarker: true } : { days: expireDays },
            ...(transitions.length > 0 && { transitions: [...transitions] }),
          },
          ...shortLived.map(({ id, prefix, days }) => ({
            id,
            status: "Enabled",
            filter: { prefix },
            expiration: { days },
            noncurrentVersionExpiration: { noncurrentDays: 1 },
          })),
        ],
      },
      // S3 refuses a rule about noncurrent versions on a bucket that keeps none.
      this.child({ dependsOn: [versioning] }),
    );
  }

  #lock(days: number | undefined): void {
    if (days === undefined) return;
    new aws.s3.BucketObjectLockConfiguration(this.childName("lock"), { ...this.which, rule: { defaultRetention: { mode: "COMPLIANCE", days } } }, this.child());
  }

  #guard({ place, statements: more }: PrivateBucketArgs): void {
    const arn = `arn:aws:s3:::${this.bucketName}`;
    const all = { Effect: "Deny", Principal: "*", Resource: [arn, `${arn}/*`] } as const;
    const statements: ResourceStatement[] = [
      denyPlainHttp("s3", [arn, `${arn}/*`]),
      // The perimeter of the organisation. AWS services that write logs or serve content come as themselves, each let in by a statement of its own.
      {
        ...all,
        Sid: "DenyOtherOrganizations",
        Action: ["s3:*"],
        Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": place.organizationId }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } },
      },
      { ...all, Sid: "DenyOldTls", Action: ["s3:*"], Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
      ...more(arn),
    ];
    new aws.s3.BucketPolicy(this.childName("policy"), { ...this.which, policy: policyDocument(statements) }, this.child());
  }
}

/** `bucket/prefix*` as the ARN of objects. */
export const objectArns = (bucketArn: pulumi.Input<string>, prefix: string): pulumi.Output<string> => pulumi.interpolate`${bucketArn}/${prefix}*`;
