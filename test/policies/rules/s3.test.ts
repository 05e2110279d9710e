import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { accountBlocksPublicAccess } from "../../../policies/rules/s3/account-blocks-public-access.ts";
import { bucketBlocksPublicAccess } from "../../../policies/rules/s3/bucket-blocks-public-access.ts";
import { bucketIsEncryptedWithCustomerKey } from "../../../policies/rules/s3/bucket-is-encrypted-with-customer-key.ts";
import { bucketKnowsNoAccessLists } from "../../../policies/rules/s3/bucket-knows-no-access-lists.ts";
import { bucketLetsInNamedPrincipals } from "../../../policies/rules/s3/bucket-lets-in-named-principals.ts";
import { bucketRefusesKeysOfCallers } from "../../../policies/rules/s3/bucket-refuses-keys-of-callers.ts";
import { bucketRefusesOldSignatures } from "../../../policies/rules/s3/bucket-refuses-old-signatures.ts";
import { bucketRefusesOldTls } from "../../../policies/rules/s3/bucket-refuses-old-tls.ts";
import { bucketRefusesOtherKeys } from "../../../policies/rules/s3/bucket-refuses-other-keys.ts";
import { bucketRefusesOtherOrganizations } from "../../../policies/rules/s3/bucket-refuses-other-organizations.ts";
import { bucketRefusesRequestsWithoutTls } from "../../../policies/rules/s3/bucket-refuses-requests-without-tls.ts";
import { s3Rules } from "../../../policies/rules/s3/index.ts";
import { type Change, caseBucket, guards, keyArn, lets, logBucket, trailBucket, wholeLake, without } from "../../support/buckets.ts";
import { applications, violations } from "../../support/policies.ts";
import { bucketParts } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };

/** A bucket of cases with a change, and its logs. */
const changed =
  (change: Change) =>
  (opts: Opts): void =>
    void caseBucket(opts, logBucket(opts), change);
const changedLogs =
  (change: Change) =>
  (opts: Opts): void =>
    void caseBucket(opts, logBucket(opts, change));
const changedTrail =
  (change: Change) =>
  (opts: Opts): void =>
    void trailBucket(opts, logBucket(opts), change);
const encrypted = (encryption: Change["encryption"]) => changed({ encryption });
const guarded = (left: string, ...more: object[]) => changed({ statements: without("lake", [left], ...more) });
const accountBlock = (args: Partial<aws.s3.AccountPublicAccessBlockArgs>) => (opts: Opts) => {
  caseBucket(opts, logBucket(opts));
  new aws.s3.AccountPublicAccessBlock("account", args, opts);
};
const outsidersOf = (name: string, organization: string): object => ({
  ...guards(name)["Outsiders"],
  Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": organization }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } },
});
const reading = (more: object): object => ({ Sid: "Reads", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*", ...more });

describe("rules for S3", () => {
  for (const rule of s3Rules) {
    it(`${rule.name} accepts buckets with all their parts`, async () => expect(await violations(rule, wholeLake)).to.deep.equal([]));
    it(`${rule.name} asks nothing of a stack without buckets`, async () =>
      expect(await applications(rule, (opts) => new aws.sqs.Queue("q", {}, opts))).to.equal(0));
  }

  const cases: [rule: Policies[number], what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    [bucketIsEncryptedWithCustomerKey, "no configuration", encrypted(undefined), 'Bucket "lake" has no encryption configuration.'],
    [
      bucketIsEncryptedWithCustomerKey,
      "S3's own keys",
      encrypted({ sseAlgorithm: "AES256", bucketKeyEnabled: true }),
      'Bucket "lake" encrypts with AES256; it must use aws:kms with a customer-managed key.',
    ],
    [
      bucketIsEncryptedWithCustomerKey,
      "KMS without a key",
      encrypted({ sseAlgorithm: "aws:kms", bucketKeyEnabled: true }),
      'Bucket "lake" encrypts with aws:kms; it must use aws:kms with a customer-managed key.',
    ],
    [
      bucketIsEncryptedWithCustomerKey,
      "AWS's key",
      encrypted({ sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3", bucketKeyEnabled: true }),
      'Bucket "lake" encrypts with aws:kms; it must use aws:kms with a customer-managed key.',
    ],
    [
      bucketIsEncryptedWithCustomerKey,
      "no bucket key",
      encrypted({ sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn, bucketKeyEnabled: false }),
      'Bucket "lake" must set bucketKeyEnabled.',
    ],
    [
      bucketIsEncryptedWithCustomerKey,
      "a customer key where access logs come in",
      changedLogs({ encryption: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn, bucketKeyEnabled: true } }),
      'Bucket "logs" takes in access logs and encrypts with aws:kms; it must use AES256, or S3 delivers none.',
    ],
    [
      bucketRefusesKeysOfCallers,
      "no configuration",
      encrypted(undefined),
      'Bucket "lake" accepts objects encrypted with keys of callers; it must block SSE-C.',
    ],
    [
      bucketRefusesKeysOfCallers,
      "nothing blocked",
      changedLogs({ encryption: { sseAlgorithm: "AES256", bucketKeyEnabled: false, blockedEncryptionTypes: ["NONE"] } }),
      'Bucket "logs" accepts objects encrypted with keys of callers; it must block SSE-C.',
    ],
    [
      bucketRefusesOtherKeys,
      "another kind",
      guarded("OtherKind"),
      `Bucket "lake" accepts objects encrypted with S3's own keys; it must accept its own key only.`,
    ],
    [
      bucketRefusesOtherKeys,
      "another key",
      guarded("OtherKey"),
      'Bucket "lake" accepts objects encrypted with another KMS key; it must accept its own key only.',
    ],
    [
      bucketRefusesOtherKeys,
      "KMS without a key",
      guarded("NoKey"),
      `Bucket "lake" accepts objects encrypted with AWS's KMS key; it must accept its own key only.`,
    ],
    [
      bucketRefusesOtherKeys,
      "all of them",
      changed({ statements: undefined }),
      `Bucket "lake" accepts objects encrypted with another KMS key, S3's own keys, AWS's KMS key; it must accept its own key only.`,
    ],
    [
      bucketRefusesOtherKeys,
      "another key for a trail",
      changedTrail({ statements: without("trail", ["OtherKey"], lets("trail", "cloudtrail.amazonaws.com")) }),
      'Bucket "trail" accepts objects encrypted with another KMS key; it must accept its own key only.',
    ],
    [
      bucketBlocksPublicAccess,
      "no block",
      changed({ block: undefined }),
      'Bucket "lake" does not set blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets.',
    ],
    [
      bucketBlocksPublicAccess,
      "a block with a gap",
      changed({ block: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: false } }),
      'Bucket "lake" does not set ignorePublicAcls, restrictPublicBuckets.',
    ],
    [
      accountBlocksPublicAccess,
      "no block",
      changed({}),
      'Account "account" does not set blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets for all its buckets.',
    ],
    [
      accountBlocksPublicAccess,
      "a block with a gap",
      accountBlock({ blockPublicAcls: true, ignorePublicAcls: true, restrictPublicBuckets: true }),
      'Account "account" does not set blockPublicPolicy for all its buckets.',
    ],
    [bucketKnowsNoAccessLists, "no ownership", changed({ ownership: undefined }), 'Bucket "lake" has objectOwnership unset; it must be BucketOwnerEnforced.'],
    [
      bucketKnowsNoAccessLists,
      "the writer's ownership",
      changed({ ownership: "ObjectWriter" }),
      'Bucket "lake" has objectOwnership ObjectWriter; it must be BucketOwnerEnforced.',
    ],
    [
      bucketKnowsNoAccessLists,
      "an access list",
      (opts) => new aws.s3.BucketAcl("acl", { bucket: caseBucket(opts, logBucket(opts)).id, acl: "private" }, opts),
      'Bucket "lake" has an access list; it must have none.',
    ],
    [bucketRefusesRequestsWithoutTls, "no policy", changed({ statements: undefined }), 'Bucket "lake" accepts requests without TLS.'],
    [
      bucketRefusesRequestsWithoutTls,
      "a denial to members of the organisation only",
      guarded("Plain", { ...guards("lake")["Plain"], Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
      'Bucket "lake" accepts requests without TLS.',
    ],
    [
      bucketRefusesRequestsWithoutTls,
      "a denial on the objects only",
      guarded("Plain", { ...guards("lake")["Plain"], Resource: "arn:aws:s3:::lake/*" }),
      'Bucket "lake" accepts requests without TLS.',
    ],
    [bucketRefusesRequestsWithoutTls, "a denial on another bucket", guarded("Plain", guards("other")["Plain"]!), 'Bucket "lake" accepts requests without TLS.'],
    [
      bucketRefusesRequestsWithoutTls,
      "a denial of some actions",
      guarded("Plain", { ...guards("lake")["Plain"], Action: "s3:GetObject" }),
      'Bucket "lake" accepts requests without TLS.',
    ],
    [
      bucketRefusesRequestsWithoutTls,
      "a permission over TLS",
      guarded("Plain", reading({ Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "true" } } })),
      'Bucket "lake" accepts requests without TLS.',
    ],
    [bucketRefusesOldTls, "all versions", guarded("OldTls"), 'Bucket "lake" accepts TLS 1.0 and 1.1; it must deny what is below 1.2.'],
    [
      bucketRefusesOldTls,
      "version 1.1",
      guarded("OldTls", { ...guards("lake")["OldTls"], Condition: { NumericLessThan: { "s3:TlsVersion": "1.1" } } }),
      'Bucket "lake" accepts TLS 1.1; it must deny what is below 1.2.',
    ],
    [bucketRefusesOldSignatures, "any", guarded("OldSignatures"), 'Bucket "lake" accepts signatures older than 900000 ms; its policy must deny them.'],
    [
      bucketRefusesOldSignatures,
      "those of an hour",
      guarded("OldSignatures", { ...guards("lake")["OldSignatures"], Condition: { NumericGreaterThan: { "s3:signatureAge": 3600000 } } }),
      'Bucket "lake" accepts signatures older than 900000 ms; its policy must deny them.',
    ],
    [
      bucketRefusesOtherOrganizations,
      "no perimeter",
      guarded("Outsiders"),
      'Bucket "lake" does not deny anybody of another organisation.',
      'Bucket "lake" does not deny anybody without a name.',
    ],
    [
      bucketRefusesOtherOrganizations,
      "a perimeter that lets in the nameless",
      guarded("Outsiders", {
        ...guards("lake")["Outsiders"],
        Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" }, Null: { "aws:PrincipalOrgID": "false" } },
      }),
      'Bucket "lake" does not deny anybody without a name.',
    ],
    [
      bucketRefusesOtherOrganizations,
      "a perimeter around reading only",
      guarded("Outsiders", { ...guards("lake")["Outsiders"], Action: "s3:Get*" }),
      'Bucket "lake" does not deny anybody of another organisation.',
      'Bucket "lake" does not deny anybody without a name.',
    ],
    [bucketLetsInNamedPrincipals, "everybody", guarded("", reading({})), 'Bucket "lake" lets in everybody for whatever resource (Reads).'],
    [
      bucketLetsInNamedPrincipals,
      "all but some",
      guarded("", reading({ Principal: undefined, NotPrincipal: { AWS: "111111111111" } })),
      'Bucket "lake" lets in all but some for whatever resource (Reads).',
    ],
    [
      bucketLetsInNamedPrincipals,
      "a service for everybody",
      changedLogs({ statements: [lets("logs", "logging.s3.amazonaws.com", { Condition: undefined })] }),
      'Bucket "logs" lets in logging.s3.amazonaws.com for whatever resource (Writes).',
    ],
    [
      bucketRefusesOtherOrganizations,
      "a perimeter around another organisation than the stack's others",
      (opts) => {
        changed({ statements: without("lake", ["Outsiders"], outsidersOf("lake", "o-other00000")) })(opts);
        caseBucket(opts, logBucket(opts, {}, "more-logs"), {}, "more");
      },
      'Bucket "lake" draws its perimeter around o-other00000, the stack\'s others around o-a1b2c3d4e5.',
    ],
    [
      bucketRefusesOtherKeys,
      "its own key",
      guarded("OtherKey", {
        ...guards("lake")["OtherKey"],
        Condition: {
          StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111111111111:key/another" },
          Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
        },
      }),
      'Bucket "lake" refuses objects under its own key: its policy is about another.',
    ],
    [
      bucketRefusesOtherKeys,
      "objects that say nothing of a key",
      guarded("OtherKind", { ...guards("lake")["OtherKind"], Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } } }),
      'Bucket "lake" refuses objects under its own key: its policy is about another.',
    ],
    [
      accountBlocksPublicAccess,
      "a block for another account",
      accountBlock({ accountId: "222222222222", blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true }),
      'Account "account" does not set blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets for all its buckets.',
    ],
    [
      bucketLetsInNamedPrincipals,
      "everybody of the organisation",
      guarded("", reading({ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } })),
      'Bucket "lake" lets in everybody for whatever resource (Reads).',
    ],
    [
      bucketLetsInNamedPrincipals,
      "another account",
      guarded("", reading({ Principal: { AWS: "222222222222" } })),
      'Bucket "lake" lets in account 222222222222 (Reads).',
    ],
    [
      bucketLetsInNamedPrincipals,
      "a service for another account",
      changedLogs({ statements: [lets("logs", "logging.s3.amazonaws.com", { Condition: { StringEquals: { "aws:SourceAccount": "222222222222" } } })] }),
      'Bucket "logs" lets in account 222222222222 (Writes).',
    ],
    [
      bucketLetsInNamedPrincipals,
      "unnamed actions on unnamed objects",
      guarded("", reading({ Principal: { AWS: "111111111111" }, Action: ["s3:*", "*"], Resource: "*" })),
      'Bucket "lake" allows s3:*, *; it must name the actions (Reads).',
      'Bucket "lake" allows what it does on whatever objects (Reads).',
    ],
    [
      bucketLetsInNamedPrincipals,
      "all but some actions on all but some objects",
      guarded(
        "",
        reading({ Principal: { AWS: "111111111111" }, Action: undefined, NotAction: "s3:Get*", Resource: undefined, NotResource: "arn:aws:s3:::lake/a/*" }),
      ),
      'Bucket "lake" allows all but s3:Get*; it must name the actions (Reads).',
      'Bucket "lake" allows what it does on whatever objects (Reads).',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const accepted: [rule: Policies[number], what: string, program: (opts: Opts) => unknown][] = [
    [
      bucketRefusesRequestsWithoutTls,
      "a denial in another form",
      guarded("Plain", { ...guards("lake")["Plain"], Principal: { AWS: ["*"] }, Action: undefined, NotAction: ["s3:None"], Resource: "*" }),
    ],
    [
      bucketRefusesOldTls,
      "a denial of all but new versions",
      guarded("OldTls", { ...guards("lake")["OldTls"], Condition: { NumericNotEquals: { "s3:TlsVersion": ["1.2", "1.3"] } } }),
    ],
    [
      bucketRefusesOldSignatures,
      "a shorter life",
      guarded("OldSignatures", { ...guards("lake")["OldSignatures"], Condition: { NumericGreaterThan: { "s3:signatureAge": "60000" } } }),
    ],
    [
      bucketRefusesOtherOrganizations,
      "a perimeter of endpoints",
      guarded("Outsiders", {
        ...guards("lake")["Outsiders"],
        Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" }, Bool: { "aws:ViaAWSService": "false" } },
      }),
    ],
    [
      bucketRefusesKeysOfCallers,
      "a denial by policy",
      changed({
        encryption: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn, bucketKeyEnabled: true },
        statements: without("lake", [], {
          ...guards("lake")["OtherKey"],
          Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        }),
      }),
    ],
    [
      bucketLetsInNamedPrincipals,
      "a role, and a service of the account",
      guarded("", reading({ Principal: { AWS: "arn:aws:iam::111111111111:role/r" } }), lets("lake", "cloudfront.amazonaws.com")),
    ],
  ];
  for (const [rule, what, program] of accepted) it(`${rule.name} accepts ${what}`, async () => expect(await violations(rule, program)).to.deep.equal([]));

  it("s3-bucket-lets-in-named-principals takes approved accounts from the configuration", async () => {
    const config = { "s3-bucket-lets-in-named-principals": { accounts: ["222222222222"] } };
    expect(await violations(bucketLetsInNamedPrincipals, guarded("", reading({ Principal: { AWS: "222222222222" } })), config)).to.deep.equal([]);
  });

  it("s3-bucket-refuses-old-signatures takes its limit from the configuration", async () => {
    const config = { "s3-bucket-refuses-old-signatures": { maximumMilliseconds: 60000 } };
    expect(await violations(bucketRefusesOldSignatures, changed({}), config)).to.deep.equal([
      'Bucket "lake" accepts signatures older than 60000 ms; its policy must deny them.',
    ]);
  });

  it("judge buckets of the old type, and parts that name a bucket in plain text", async () => {
    const program = (opts: Opts) => {
      new aws.s3.BucketV2("old", { bucket: "old" }, opts);
      new aws.s3.BucketVersioningV2("v", { bucket: "old", versioningConfiguration: { status: "Enabled" } }, opts);
      new aws.s3.BucketPolicy("p", { bucket: "old", policy: JSON.stringify({ Statement: without("old", []) }) }, opts);
    };
    const said = await Promise.all(s3Rules.map((rule) => violations(rule, program)));
    expect(said.flat().map((message) => message.split(";")[0])).to.deep.equal([
      'Account "account" does not set blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets for all its buckets.',
      'Bucket "old" does not set blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets.',
      'Bucket "old" keeps markers of deleted objects',
      'Bucket "old" keeps old versions for ever',
      'Bucket "old" is neither backed up nor replicated.',
      'Bucket "old" has no encryption configuration.',
      'Bucket "old" has objectOwnership unset',
      'Bucket "old" logs no access.',
      'Bucket "old" accepts objects encrypted with keys of callers',
      'Bucket "old" keeps unfinished uploads for ever',
    ]);
  });

  it("judge each bucket by its own parts", async () => {
    const program = (opts: Opts) => ["lake", "other"].map((name) => bucketParts(name, new aws.kms.Key(`${name}-key`, {}, opts).arn, opts));
    for (const rule of [bucketBlocksPublicAccess, bucketIsEncryptedWithCustomerKey, bucketRefusesRequestsWithoutTls])
      expect(await violations(rule, program)).to.deep.equal([]);
  });
});
