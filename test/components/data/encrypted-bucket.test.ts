import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { AccessLogBucket } from "../../../components/data/access-log-bucket.ts";
import { EncryptedBucket, type EncryptedBucketArgs } from "../../../components/data/encrypted-bucket.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place, statements } from "../place.ts";

const name = "svp-unit-111111111111-raw";
const arn = `arn:aws:s3:::${name}`;

const make = (opts: { provider: aws.Provider }, more: Partial<EncryptedBucketArgs> = {}): EncryptedBucket => {
  const key = new EncryptionKey("key", { place, removal: "retain", description: "Videos" }, opts);
  const accessLogs = new AccessLogBucket("logs", { place, removal: "retain", retentionDays: 2192 }, opts);
  return new EncryptedBucket("raw", { place, suffix: "raw", removal: "retain", key, accessLogs, noncurrentDays: 30, ...more }, opts);
};

describe("EncryptedBucket", () => {
  it("is private, versioned, logged, and encrypted with the given key", async () => {
    const stack = await inAccount((opts) => void make(opts));
    const bucket = { region: "us-east-1", bucket: name };
    const keyArn = stack.one(aws.kms.Key, "key").outputs["arn"];
    expect(stack.one(aws.s3.Bucket, "raw").inputs).to.deep.equal({ ...bucket, forceDestroy: false });
    expect(stack.one(aws.s3.Bucket, "raw").protect).to.equal(true);
    expect(stack.one(aws.s3.BucketServerSideEncryptionConfiguration, "raw-encryption").inputs).to.deep.equal({
      ...bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
          blockedEncryptionTypes: ["SSE-C"],
          bucketKeyEnabled: true,
        },
      ],
    });
    expect(stack.one(aws.s3.BucketVersioning, "raw-versioning").inputs).to.deep.equal({ ...bucket, versioningConfiguration: { status: "Enabled" } });
    expect(stack.one(aws.s3.BucketOwnershipControls, "raw-ownership").inputs).to.deep.equal({ ...bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    expect(stack.one(aws.s3.BucketPublicAccessBlock, "raw-private").inputs).to.deep.equal({
      ...bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(stack.one(aws.s3.BucketLogging, "raw-logging").inputs).to.deep.equal({
      ...bucket,
      targetBucket: "svp-unit-111111111111-access-logs",
      targetPrefix: "raw/",
    });
    expect(stack.one(aws.s3.BucketLifecycleConfiguration, "raw-lifecycle").inputs["rules"]).to.deep.equal([
      {
        id: "sweep",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ]);
  });

  it("refuses plain HTTP, old TLS, other organisations, other keys and old signatures", async () => {
    const stack = await inAccount((opts) => void make(opts));
    const keyArn = stack.one(aws.kms.Key, "key").outputs["arn"];
    const deny = { Effect: "Deny", Principal: "*" };
    const kind = "s3:x-amz-server-side-encryption";
    expect(statements(stack.one(aws.s3.BucketPolicy, "raw-policy").inputs["policy"])).to.deep.equal({
      DenyPlainHttp: { ...deny, Action: ["s3:*"], Resource: [arn, `${arn}/*`], Condition: { Bool: { "aws:SecureTransport": "false" } } },
      DenyOtherOrganizations: {
        ...deny,
        Action: ["s3:*"],
        Resource: [arn, `${arn}/*`],
        Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-unit000000" }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } },
      },
      DenyOldTls: { ...deny, Action: ["s3:*"], Resource: [arn, `${arn}/*`], Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
      DenyOtherEncryption: {
        ...deny,
        Action: ["s3:PutObject"],
        Resource: [`${arn}/*`],
        Condition: { Null: { [kind]: "false" }, StringNotEquals: { [kind]: "aws:kms" } },
      },
      DenyOtherKey: {
        ...deny,
        Action: ["s3:PutObject"],
        Resource: [`${arn}/*`],
        Condition: { Null: { [`${kind}-aws-kms-key-id`]: "false" }, StringNotEquals: { [`${kind}-aws-kms-key-id`]: keyArn } },
      },
      DenyUnnamedKey: {
        ...deny,
        Action: ["s3:PutObject"],
        Resource: [`${arn}/*`],
        Condition: { StringEquals: { [kind]: "aws:kms" }, Null: { [`${kind}-aws-kms-key-id`]: "true" } },
      },
      DenyOldSignatures: { ...deny, Action: ["s3:*"], Resource: [`${arn}/*`], Condition: { NumericGreaterThan: { "s3:signatureAge": "900000" } } },
    });
  });

  it("emits events and lets browsers in only where asked to", async () => {
    const bare = await inAccount((opts) => void make(opts));
    expect(bare.ofType(aws.s3.BucketNotification)).to.have.length(0);
    expect(bare.ofType(aws.s3.BucketCorsConfiguration)).to.have.length(0);
    const open = await inAccount((opts) => void make(opts, { emitsEvents: true, browsers: { origins: ["https://review.example.org"], methods: ["PUT"] } }));
    expect(open.one(aws.s3.BucketNotification, "raw-events").inputs).to.deep.equal({ region: "us-east-1", bucket: name, eventbridge: true });
    expect(open.one(aws.s3.BucketCorsConfiguration, "raw-cors").inputs["corsRules"]).to.deep.equal([
      {
        allowedOrigins: ["https://review.example.org"],
        allowedMethods: ["PUT"],
        allowedHeaders: ["content-md5", "content-type", "range", "x-amz-checksum-sha256", "x-amz-sdk-checksum-algorithm"],
        exposeHeaders: ["ETag"],
        maxAgeSeconds: 3600,
      },
    ]);
  });

  it("moves objects to cheaper storage as it is told", async () => {
    const transitions = [
      { days: 30, storageClass: "STANDARD_IA" },
      { days: 90, storageClass: "GLACIER" },
      { days: 365, storageClass: "DEEP_ARCHIVE" },
    ] as const;
    const stack = await inAccount((opts) => void make(opts, { transitions }));
    const [rule] = stack.one(aws.s3.BucketLifecycleConfiguration, "raw-lifecycle").inputs["rules"] as { transitions: unknown }[];
    expect(rule?.transitions).to.deep.equal(transitions);
  });

  it("refuses moves that S3 would refuse", async () => {
    const { message } = await failure(inAccount((opts) => void make(opts, { transitions: [{ days: 29, storageClass: "STANDARD_IA" }] })));
    expect(message).to.contain('svp:data:EncryptedBucket "raw": transitions must move objects to STANDARD_IA after 30 days or more, not 29.');
  });

  it("locks versions for everybody only where asked to, and never where data may go", async () => {
    const bare = await inAccount((opts) => void make(opts));
    expect(bare.ofType(aws.s3.BucketObjectLockConfiguration)).to.have.length(0);
    const locked = await inAccount((opts) => void make(opts, { lockDays: 2192 }));
    expect(locked.one(aws.s3.Bucket, "raw").inputs).to.deep.equal({ region: "us-east-1", bucket: name, forceDestroy: false, objectLockEnabled: true });
    expect(locked.one(aws.s3.BucketObjectLockConfiguration, "raw-lock").inputs).to.deep.equal({
      region: "us-east-1",
      bucket: name,
      rule: { defaultRetention: { mode: "COMPLIANCE", days: 2192 } },
    });
    const refused = async (more: Partial<EncryptedBucketArgs>) => (await failure(inAccount((opts) => void make(opts, more)))).message;
    expect(await refused({ lockDays: 30, removal: "destroy" })).to.contain(
      'svp:data:EncryptedBucket "raw": lockDays must be left out where removal is "destroy": nobody can delete what is locked.',
    );
    expect(await refused({ lockDays: 1.5 })).to.contain("lockDays must be a whole number of days, 1 or more, not 1.5.");
  });

  it("is served by CloudFront, and takes uploads at the edge, only where asked to", async () => {
    const bare = await inAccount((opts) => void make(opts));
    expect(statements(bare.one(aws.s3.BucketPolicy, "raw-policy").inputs["policy"])).not.to.have.property("CloudFrontReads");
    expect(bare.ofType(aws.s3.BucketAccelerateConfiguration)).to.have.length(0);
    const open = await inAccount((opts) => void make(opts, { servedPrefix: "videos/", accelerated: true }));
    expect(statements(open.one(aws.s3.BucketPolicy, "raw-policy").inputs["policy"])["CloudFrontReads"]).to.deep.equal({
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: ["s3:GetObject"],
      Resource: [`${arn}/videos/*`],
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::111111111111:distribution/*" } },
    });
    expect(open.one(aws.s3.BucketAccelerateConfiguration, "raw-acceleration").inputs).to.deep.equal({ region: "us-east-1", bucket: name, status: "Enabled" });
  });

  it("can be destroyed with its content only where data may go", async () => {
    const stack = await inAccount((opts) => void make(opts, { removal: "destroy" }));
    expect(stack.one(aws.s3.Bucket, "raw").inputs["forceDestroy"]).to.equal(true);
    expect(stack.one(aws.s3.Bucket, "raw").protect).to.equal(false);
  });

  it("parents every child and prefixes its name", async () => {
    const { resources } = await inAccount((opts) => void make(opts));
    const children = resources.filter(({ parent }) => parent?.endsWith("svp:data:EncryptedBucket::raw"));
    expect(children.map((child) => child.name)).to.have.members([
      "raw",
      "raw-ownership",
      "raw-private",
      "raw-encryption",
      "raw-versioning",
      "raw-lifecycle",
      "raw-policy",
      "raw-logging",
    ]);
  });

  it("binds every grant to a prefix, and the key to S3", async () => {
    const stack = await inAccount((opts) => {
      const bucket = make(opts);
      return {
        read: bucket.allow("Read", ["s3:GetObject"], "a/"),
        tag: bucket.allow("Tag", ["s3:PutObjectVersionTagging"], "a/"),
        list: bucket.allowList("List", "a/"),
      };
    });
    const keyArn = stack.one(aws.kms.Key, "key").outputs["arn"];
    expect(stack.outputs).to.deep.equal({
      read: [
        { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${arn}/a/*`] },
        {
          Sid: "ReadKey",
          Effect: "Allow",
          Action: ["kms:Decrypt"],
          Resource: [keyArn],
          Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
        },
      ],
      tag: [{ Sid: "Tag", Effect: "Allow", Action: ["s3:PutObjectVersionTagging"], Resource: [`${arn}/a/*`] }],
      list: { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [arn], Condition: { StringLike: { "s3:prefix": "a/*" } } },
    });
  });

  it("says of itself that it holds nobody's data, where that is so", async () => {
    const stack = await inAccount((opts) => void make(opts, { dataClassification: "none" }));
    expect(stack.one(aws.s3.Bucket, "raw").inputs["tags"]).to.deep.equal({ "data-classification": "none" });
  });

  it("refuses a time that is none", async () => {
    const { message } = await failure(inAccount((opts) => void make(opts, { noncurrentDays: 0 })));
    expect(message).to.contain('svp:data:EncryptedBucket "raw": noncurrentDays must be a whole number of days, 1 or more, not 0.');
  });
});

describe("AccessLogBucket", () => {
  it("takes logs of the stack's buckets only, with the one encryption that log delivery accepts", async () => {
    const stack = await inAccount((opts) => void new AccessLogBucket("logs", { place, removal: "retain", retentionDays: 2192 }, opts));
    expect(stack.one(aws.s3.BucketServerSideEncryptionConfiguration, "logs-encryption").inputs["rules"]).to.deep.equal([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, blockedEncryptionTypes: ["SSE-C"] },
    ]);
    expect(statements(stack.one(aws.s3.BucketPolicy, "logs-policy").inputs["policy"])["LogDeliveryWrites"]).to.deep.equal({
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::svp-unit-111111111111-access-logs/*"],
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111" }, ArnLike: { "aws:SourceArn": "arn:aws:s3:::svp-unit-*" } },
    });
    const [rule] = stack.one(aws.s3.BucketLifecycleConfiguration, "logs-lifecycle").inputs["rules"] as { expiration: unknown }[];
    expect(rule?.expiration).to.deep.equal({ days: 2192 });
  });
});
