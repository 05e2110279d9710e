import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { BucketReplication } from "../../../components/data/bucket-replication.ts";
import { DataLake } from "../../../components/data/data-lake.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { failure } from "../../support/failure.ts";
import { rulesOfParts } from "../../support/pack.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { dataKeys, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const transitionsOf = (stack: Deployed, bucket: string): unknown => {
  const [rule] = stack.one(aws.s3.BucketLifecycleConfiguration, `${bucket}-lifecycle`).inputs["rules"] as { transitions?: unknown }[];
  return rule?.transitions;
};

const kept = { noncurrentDays: 30, accessLogDays: 2192 };
const lakeArgs = (opts: { provider: aws.Provider }) => {
  return { place, removal: "retain", keys: dataKeys(opts), retention: { ...kept, sources: [] }, acceleratedUploads: false, browserOrigins: [] } as const;
};

describe("DataLake", () => {
  it("keeps each class of data in a bucket and under a key of its own", async () => {
    const stack = await inAccount((opts) => void parts(opts));
    const buckets = stack.ofType(aws.s3.Bucket).map(({ inputs }) => inputs["bucket"]);
    expect(buckets).to.have.members(["access-logs", "raw", "processed", "datasets", "models", "records"].map((suffix) => `svp-unit-111111111111-${suffix}`));
    const keyOf = (bucket: string): unknown => {
      const [rule] = stack.one(aws.s3.BucketServerSideEncryptionConfiguration, `lake-${bucket}-encryption`).inputs["rules"] as {
        applyServerSideEncryptionByDefault: { kmsMasterKeyId: string };
      }[];
      return rule?.applyServerSideEncryptionByDefault.kmsMasterKeyId;
    };
    for (const [bucket, key] of Object.entries({ raw: "raw", processed: "derived", datasets: "datasets", models: "models", records: "logs" })) {
      expect(keyOf(bucket)).to.equal(stack.one(aws.kms.Key, `keys-${key}`).outputs["arn"]);
    }
  });

  it("archives sources as configured, watches what is looked at again, and leaves networks where they are", async () => {
    const sources = [{ days: 30, storageClass: "STANDARD_IA" }] as const;
    const stack = await inAccount((opts) => {
      new DataLake("second", { ...lakeArgs(opts), retention: { ...kept, sources }, acceleratedUploads: true }, opts);
    });
    expect(transitionsOf(stack, "second-raw")).to.deep.equal(sources);
    expect(transitionsOf(stack, "second-processed")).to.deep.equal([{ days: 0, storageClass: "INTELLIGENT_TIERING" }]);
    expect(transitionsOf(stack, "second-datasets")).to.deep.equal([{ days: 0, storageClass: "INTELLIGENT_TIERING" }]);
    expect(transitionsOf(stack, "second-models")).to.equal(undefined);
    expect(stack.ofType(aws.s3.BucketAccelerateConfiguration).map(({ name }) => name)).to.deep.equal(["second-raw-acceleration"]);
    expect(stack.ofType(aws.s3.BucketObjectLockConfiguration).map(({ name }) => name)).to.deep.equal(["second-records-lock"]);
  });

  it("locks sources, beside records, where a study must keep them", async () => {
    const stack = await inAccount((opts) => void new DataLake("lake", { ...lakeArgs(opts), retention: { ...kept, sources: [], sourceLockDays: 365 } }, opts));
    expect(stack.ofType(aws.s3.BucketObjectLockConfiguration).map(({ name }) => name)).to.deep.equal(["lake-raw-lock", "lake-records-lock"]);
  });

  it("lets pages put videos, and get results", async () => {
    const stack = await inAccount((opts) => void new DataLake("lake", { ...lakeArgs(opts), browserOrigins: ["https://review.example.org"] }, opts));
    const methods = stack.ofType(aws.s3.BucketCorsConfiguration).map(({ name, inputs }) => {
      const [rule] = inputs["corsRules"] as { allowedOrigins: string[]; allowedMethods: string[] }[];
      expect(rule?.allowedOrigins).to.deep.equal(["https://review.example.org"]);
      return [name, rule?.allowedMethods];
    });
    expect(methods).to.have.deep.members([
      ["lake-raw-cors", ["PUT"]],
      ["lake-processed-cors", ["GET", "HEAD"]],
    ]);
  });

  it("passes every policy of S3, and so do its copies in another Region", async () => {
    const stack = await inAccount((opts) => {
      const lake = new DataLake("lake", lakeArgs(opts), opts);
      const sources = { raw: lake.raw, processed: lake.processed };
      new BucketReplication("copies", { place, removal: "retain", sources, region: "us-west-2", retention: kept }, opts);
    });
    const rules = rulesOfParts.filter(({ name }) => name.startsWith("s3-"));
    const { findings, applied } = await evaluatePolicies(rules, { project: "svp", stack: "unit", findings: [], ...stack });
    expect(findings).to.deep.equal([]);
    // What a lake has no part of: audit trails, locks and speed-ups that nobody asked for, pages of its own.
    const elsewhere = /audit-trail|lock-binds|accelerated|pages-only|website/;
    for (const { name } of rules) if (!elsewhere.test(name)) expect(applied[name], name).not.to.have.length(0);
  });

  it("lets CloudFront serve renditions, and nothing else", async () => {
    const stack = await inAccount((opts) => void parts(opts));
    const served = stack.ofType(aws.s3.BucketPolicy).flatMap(({ name, inputs }) => {
      const { CloudFrontReads } = statements(inputs["policy"]);
      return CloudFrontReads ? [[name, CloudFrontReads.Resource]] : [];
    });
    expect(served).to.deep.equal([["lake-processed-policy", ["arn:aws:s3:::svp-unit-111111111111-processed/processed-videos/*"]]]);
  });
});

describe("BucketReplication", () => {
  const make = (region = "us-west-2") =>
    inAccount((opts) => {
      const { lake } = parts(opts);
      const args = { place, removal: "retain", sources: { raw: lake.raw }, region, retention: { noncurrentDays: 30, accessLogDays: 2192 } } as const;
      new BucketReplication("copies", args, opts);
    });

  it("copies every new version, sealed with a key of the other Region, and no deletion", async () => {
    const stack = await make();
    expect(stack.one(aws.s3.Bucket, "copies-raw").inputs).to.deep.equal({ region: "us-west-2", bucket: "svp-unit-111111111111-raw-copy", forceDestroy: false });
    expect(stack.one(aws.s3.BucketReplicationConfig, "copies-raw-rule").inputs).to.deep.equal({
      region: "us-east-1",
      bucket: "svp-unit-111111111111-raw",
      role: "arn:aws:iam::111111111111:role/svp-unit-copies-role",
      rules: [
        {
          id: "copy",
          status: "Enabled",
          priority: 1,
          filter: { prefix: "" },
          deleteMarkerReplication: { status: "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: "arn:aws:s3:::svp-unit-111111111111-raw-copy",
            encryptionConfiguration: { replicaKmsKeyId: stack.one(aws.kms.Key, "copies-key").outputs["arn"] },
          },
        },
      ],
    });
    expect(stack.one(aws.kms.Key, "copies-key").outputs["arn"]).to.match(/^arn:aws:kms:us-west-2:/);
  });

  it("makes every part of a copy in the other Region, with all that the original has", async () => {
    const stack = await make();
    const parts = stack.resources.filter(({ type, name }) => type.startsWith("aws:s3/") && name.startsWith("copies-") && !name.endsWith("-rule"));
    expect(parts.map(({ name }) => name)).to.include.members(["copies-raw-versioning", "copies-raw-private", "copies-raw-policy", "copies-raw-logging"]);
    for (const { name, inputs } of parts) expect(inputs["region"], name).to.equal("us-west-2");
  });

  it("lets S3 read the versions of the source and write copies, each with the key of its own side", async () => {
    const stack = await make();
    const role = statements(stack.one(aws.iam.RolePolicy, "copies-role-policy").inputs["policy"]);
    expect(Object.keys(role)).to.deep.equal(["ReadRule0", "ReadVersions0", "OpenSource0", "WriteCopies0", "SealCopies0"]);
    const source = "arn:aws:s3:::svp-unit-111111111111-raw";
    const keyArn = (name: string) => stack.one(aws.kms.Key, name).outputs["arn"];
    const via = (region: string) => ({ StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } });
    expect(Object.values(role)).to.deep.equal([
      { Effect: "Allow", Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource: [source] },
      {
        Effect: "Allow",
        Action: ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
        Resource: [`${source}/*`],
      },
      { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [keyArn("keys-raw")], Condition: via("us-east-1") },
      { Effect: "Allow", Action: ["s3:ReplicateObject", "s3:ReplicateTags"], Resource: [`${source}-copy/*`] },
      { Effect: "Allow", Action: ["kms:Encrypt", "kms:GenerateDataKey"], Resource: [keyArn("copies-key")], Condition: via("us-west-2") },
    ]);
  });

  it("copies what is locked to where it is locked, lock included", async () => {
    const stack = await inAccount((opts) => {
      const lake = new DataLake("lake", { ...lakeArgs(opts), retention: { ...kept, sources: [], sourceLockDays: 365 } }, opts);
      new BucketReplication("copies", { place, removal: "retain", sources: { raw: lake.raw }, region: "us-west-2", retention: kept }, opts);
    });
    expect(stack.one(aws.s3.BucketObjectLockConfiguration, "copies-raw-lock").inputs).to.deep.equal({
      region: "us-west-2",
      bucket: "svp-unit-111111111111-raw-copy",
      rule: { defaultRetention: { mode: "COMPLIANCE", days: 365 } },
    });
    expect(statements(stack.one(aws.iam.RolePolicy, "copies-role-policy").inputs["policy"])["ReadLocks0"]).to.deep.equal({
      Effect: "Allow",
      Action: ["s3:GetObjectLegalHold", "s3:GetObjectRetention"],
      Resource: ["arn:aws:s3:::svp-unit-111111111111-raw/*"],
    });
  });

  it("refuses to copy within a Region", async () => {
    expect((await failure(make("us-east-1"))).message).to.contain(
      'svp:data:BucketReplication "copies": region must be another than the environment\'s own, us-east-1.',
    );
  });
});
