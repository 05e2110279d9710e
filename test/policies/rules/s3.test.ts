import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { bucketBlocksPublicAccess } from "../../../policies/rules/s3/bucket-blocks-public-access.ts";
import { bucketIsEncryptedWithCustomerKey } from "../../../policies/rules/s3/bucket-is-encrypted-with-customer-key.ts";
import { bucketKeepsVersions } from "../../../policies/rules/s3/bucket-keeps-versions.ts";
import { bucketRefusesRequestsWithoutTls } from "../../../policies/rules/s3/bucket-refuses-requests-without-tls.ts";
import { violations } from "../../support/policies.ts";
import { bucketParts } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };
type Change = NonNullable<Parameters<typeof bucketParts>[3]>;

const keyArn = "arn:aws:kms:us-east-1:111111111111:key/lake";
const changed =
  (change: Change) =>
  (opts: Opts): void =>
    void bucketParts("lake", keyArn, opts, change);

describe("rules for S3", () => {
  const all = [bucketBlocksPublicAccess, bucketIsEncryptedWithCustomerKey, bucketKeepsVersions, bucketRefusesRequestsWithoutTls];

  for (const rule of all) {
    it(`${rule.name} accepts a bucket with all its parts, beside one of another name`, async () => {
      const program = (opts: Opts) => ["lake", "other"].map((name) => bucketParts(name, new aws.kms.Key(`${name}-key`, {}, opts).arn, opts));
      expect(await violations(rule, program)).to.deep.equal([]);
    });

    it(`${rule.name} accepts parts that name the bucket in plain text`, async () => {
      const program = (opts: Opts) => {
        bucketParts("lake", keyArn, opts);
        new aws.s3.Bucket("copy", { bucket: "copy-of-lake" }, opts);
        const bucket = "copy-of-lake";
        new aws.s3.BucketVersioning("v", { bucket, versioningConfiguration: { status: "Enabled" } }, opts);
        new aws.s3.BucketPublicAccessBlock(
          "b",
          { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
          opts,
        );
        const byDefault = { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn };
        new aws.s3.BucketServerSideEncryptionConfiguration(
          "e",
          { bucket, rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: true }] },
          opts,
        );
        const statement = {
          Effect: "Deny",
          Principal: { AWS: "*" },
          Action: ["s3:*"],
          Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
          Condition: { Bool: { "aws:SecureTransport": false } },
        };
        new aws.s3.BucketPolicy("p", { bucket, policy: JSON.stringify({ Statement: statement }) }, opts);
      };
      expect(await violations(rule, program)).to.deep.equal([]);
    });
  }

  const cases: [rule: (typeof all)[number], what: string, change: Change, message: string][] = [
    [bucketIsEncryptedWithCustomerKey, "no configuration", { encryption: undefined }, 'Bucket "lake" has no encryption configuration.'],
    [
      bucketIsEncryptedWithCustomerKey,
      "S3's own keys",
      { encryption: { sseAlgorithm: "AES256", bucketKeyEnabled: true } },
      'Bucket "lake" encrypts with AES256; it must use aws:kms with a customer-managed key.',
    ],
    [
      bucketIsEncryptedWithCustomerKey,
      "KMS without a key",
      { encryption: { sseAlgorithm: "aws:kms", bucketKeyEnabled: true } },
      'Bucket "lake" encrypts with aws:kms; it must use aws:kms with a customer-managed key.',
    ],
    [
      bucketIsEncryptedWithCustomerKey,
      "AWS's key",
      { encryption: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3", bucketKeyEnabled: true } },
      'Bucket "lake" encrypts with aws:kms; it must use aws:kms with a customer-managed key.',
    ],
    [
      bucketIsEncryptedWithCustomerKey,
      "no bucket key",
      { encryption: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn, bucketKeyEnabled: false } },
      'Bucket "lake" must set bucketKeyEnabled.',
    ],
    [bucketKeepsVersions, "no versioning", { status: undefined }, 'Bucket "lake" has versioning unset; it must be Enabled.'],
    [bucketKeepsVersions, "suspended versioning", { status: "Suspended" }, 'Bucket "lake" has versioning Suspended; it must be Enabled.'],
    [
      bucketBlocksPublicAccess,
      "no block",
      { block: undefined },
      'Bucket "lake" does not set blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets.',
    ],
    [
      bucketBlocksPublicAccess,
      "a block with a gap",
      { block: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: false } },
      'Bucket "lake" does not set ignorePublicAcls, restrictPublicBuckets.',
    ],
    [bucketRefusesRequestsWithoutTls, "no policy", { statements: undefined }, 'Bucket "lake" accepts requests without TLS.'],
    [
      bucketRefusesRequestsWithoutTls,
      "a denial on the objects only",
      {
        statements: [
          { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::lake/*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
        ],
      },
      'Bucket "lake" accepts requests without TLS.',
    ],
    [
      bucketRefusesRequestsWithoutTls,
      "a denial of some actions",
      {
        statements: [
          {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
      'Bucket "lake" accepts requests without TLS.',
    ],
    [
      bucketRefusesRequestsWithoutTls,
      "a permission over TLS",
      {
        statements: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:*",
            Resource: ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"],
            Condition: { Bool: { "aws:SecureTransport": "true" } },
          },
        ],
      },
      'Bucket "lake" accepts requests without TLS.',
    ],
  ];
  for (const [rule, what, change, message] of cases) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, changed(change))).to.deep.equal([message]));
  }

  it("s3-bucket-is-encrypted-with-customer-key lets a bucket that takes in access logs use S3's own keys", async () => {
    const program = (opts: Opts) => {
      const logs = bucketParts("logs", keyArn, opts, { encryption: { sseAlgorithm: "AES256", bucketKeyEnabled: false } });
      const lake = bucketParts("lake", keyArn, opts);
      new aws.s3.BucketLogging("logging", { bucket: lake.id, targetBucket: logs.id, targetPrefix: "lake/" }, opts);
    };
    expect(await violations(bucketIsEncryptedWithCustomerKey, program)).to.deep.equal([]);
  });
});
