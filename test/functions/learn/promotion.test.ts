import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type DeploymentRecord, deploymentRecord } from "../../../contracts/deployed-model.ts";
import { deployedVersionPrefix, deploymentRecordKey } from "../../../contracts/keys.ts";
import type { ModelStore } from "../../../functions/learn/model-store.ts";
import { credentialsOf, requestOf } from "../../../functions/learn/promote-model/aws.ts";
import { createHandler, type Offer } from "../../../functions/learn/promote-model/handler.ts";
import type { RegisteredVersion } from "../../../functions/learn/rule-on-model/core.ts";
import { failure } from "../../support/failure.ts";
import { memoryLake } from "../support/memory-lake.ts";

const model = "phase-classifier";
const shipped = JSON.parse(readFileSync(`models/${model}/model.json`, "utf8"));
const there = `arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-dev-${model}/4`;
const here = `arn:aws:sagemaker:us-east-1:222222222222:model-package/svp-staging-${model}/1`;
const sha256 = createHash("sha256").update("weights").digest("hex");
const day = 24 * 3600 * 1000;
const now = Date.parse("2026-11-27T12:00:00Z");

const storeOf = (lake: ReturnType<typeof memoryLake>): ModelStore => ({
  ...lake,
  async record(id) {
    const bytes = lake.objects.get(deploymentRecordKey(id));
    return bytes && { record: deploymentRecord.parse(JSON.parse(Buffer.from(bytes).toString())), etag: "1" };
  },
  putRecord: () => Promise.reject(new Error("Promotion writes no record.")),
});

/** Two accounts: version 1.4.0 is in use in the one before, approved eight days ago. */
async function setUp() {
  const source = memoryLake("svp-dev-111111111111-models");
  const target = memoryLake("svp-staging-222222222222-models");
  const record: DeploymentRecord = {
    ...{ schema: "deployment-record/1.0", model, deployment: "d" },
    versions: [
      { package: null, version: "1.0.0", sha256: "b".repeat(64) },
      { package: there, version: "1.4.0", sha256 },
    ],
  };
  await source.putJson(deploymentRecordKey(model), record);
  const folder = deployedVersionPrefix(model, sha256);
  await source.put(`${folder}model.onnx`, "weights", "");
  await source.putJson(`${folder}model.json`, { ...shipped, version: "1.4.0", sha256 });
  const quality = {
    schema: "model-quality/1.0",
    createdAt: "2026-11-18T10:00:00.000Z",
    dataset: { name: "phases", version: "1.0.0", sha256: "a".repeat(64), split: "test", operations: 3, frames: 90, syntheticOnly: true },
    runtime: { name: "onnxruntime", version: "1.20.0", provider: "CPUExecutionProvider" },
    ...{ headline: "accuracy", metrics: { accuracy: { value: 0.9, low: 0.8, high: 0.95, better: "higher", operations: 3 } }, perClass: {}, golden: null },
    model: { id: model, version: "1.4.0", task: "frame-classification", subject: "phase", sha256, threshold: 0 },
  };
  await source.putJson("training/run-4/quality.json", quality);
  const registered: RegisteredVersion & { LastModifiedTime?: Date } = {
    ...{ ModelPackageArn: there, ModelPackageGroupName: `svp-dev-${model}`, ModelApprovalStatus: "Approved", LastModifiedTime: new Date(now - 8 * day) },
    InferenceSpecification: {
      Containers: [
        { ModelDataSource: { S3DataSource: { S3Uri: `s3://${source.bucket}/training/run-4/model/`, S3DataType: "S3Prefix", CompressionType: "None" } } },
      ],
    },
    ModelMetrics: { ModelQuality: { Statistics: { S3Uri: `s3://${source.bucket}/training/run-4/quality.json` } } },
    CustomerMetadataProperties: { version: "1.4.0", sha256, dataset: "phases@1.0.0", decidedBy: "someone", decidedAt: "2026-11-19T10:00:00.000Z" },
  };
  const offers: Offer[] = [];
  const run = (provenDays = 7) =>
    createHandler({
      ...{ models: storeOf(target), provenDays, now: () => now },
      source: { models: storeOf(source), describe: async () => registered },
      register: async (offer) => {
        offers.push(offer);
        return here;
      },
    })({ model });
  return { source, target, registered, record, quality, offers, run };
}

describe("Promotion of networks", () => {
  it("offers what was approved and proved in the account before, with the files in use there and where they come from", async () => {
    const { source, target, offers, run } = await setUp();
    const written = [...source.objects.keys()].length;
    expect(await run()).to.deep.equal({ status: "OFFERED", model, package: here, version: "1.4.0" });
    const place = `training/promoted/${model}/${sha256}/`;
    expect([...target.objects.keys()].sort()).to.deep.equal(
      ["model/model.json", "model/model.onnx", "promotion.json", "quality.json"].map((file) => place + file),
    );
    expect(await target.text(`${place}model/model.onnx`)).to.equal("weights");
    expect(JSON.parse(await target.text(`${place}promotion.json`))).to.deep.equal({ schema: "promotion/1.0", from: there, package: here });
    expect([...source.objects.keys()].length).to.equal(written);
    expect(offers).to.deep.equal([
      {
        ...{ model, version: "1.4.0", sha256, folder: `s3://${target.bucket}/${place}model/`, quality: `s3://${target.bucket}/${place}quality.json` },
        facts: {
          ...{ version: "1.4.0", sha256, dataset: "phases@1.0.0", promotedFrom: there },
          ...{ approvedThereBy: "someone", approvedThereAt: "2026-11-19T10:00:00.000Z" },
        },
      },
    ]);
  });

  it("offers a version once", async () => {
    const { offers, run } = await setUp();
    await run();
    expect(await run()).to.deep.equal({ status: "NOTHING", model, reason: "Version 1.4.0 was offered here already." });
    expect(offers).to.have.length(1);
  });

  it("offers nothing that came with the program, is not approved any more, or is too new", async () => {
    const { source, registered, record, offers, run } = await setUp();
    expect(await run(9)).to.deep.equal({ status: "NOTHING", model, reason: "It was approved there 8 days ago; it must have been in use for 9." });
    registered.ModelApprovalStatus = "Rejected";
    expect(await run()).to.deep.equal({ status: "NOTHING", model, reason: "The version in use there is Rejected." });
    await source.putJson(deploymentRecordKey(model), { ...record, versions: record.versions.slice(0, 1) });
    expect(await run()).to.deep.equal({ status: "NOTHING", model, reason: "What is in use there came with the program." });
    source.objects.delete(deploymentRecordKey(model));
    expect(await run()).to.deep.equal({ status: "NOTHING", model, reason: "What is in use there came with the program." });
    expect(offers).to.deep.equal([]);
  });

  it("refuses what differs from what was approved there, with every reason, and registers nothing", async () => {
    const { source, target, registered, quality, offers, run } = await setUp();
    registered.CustomerMetadataProperties = { version: "1.3.0" };
    await source.putJson("training/run-4/quality.json", { ...quality, model: { ...quality.model, sha256: "c".repeat(64) } });
    expect(await run()).to.deep.equal({
      status: "REFUSED",
      model,
      reasons: [
        `The SHA-256 in the registry there is missing; what is in use there has ${sha256}.`,
        "The version in the registry there is 1.3.0; what is in use there has 1.4.0.",
        `The SHA-256 of what was measured there is ${"c".repeat(64)}; what is in use there has ${sha256}.`,
      ],
    });
    await source.put(`${deployedVersionPrefix(model, sha256)}model.onnx`, "exchanged", "");
    const exchanged = createHash("sha256").update("exchanged").digest("hex");
    expect(await run()).to.deep.equal({
      status: "REFUSED",
      model,
      reasons: [`s3://${source.bucket}/${deployedVersionPrefix(model, sha256)} holds 1.4.0 with the digest ${exchanged}; it must be 1.4.0 with ${sha256}.`],
    });
    registered.ModelMetrics = { ModelQuality: { Statistics: { S3Uri: "s3://elsewhere/quality.json" } } };
    expect(await run()).to.deep.equal({
      status: "REFUSED",
      model,
      reasons: [`The version's measure of quality is at s3://elsewhere/quality.json; it must lie under s3://${source.bucket}/training/ and end with ".json".`],
    });
    expect([offers, [...target.objects.keys()]]).to.deep.equal([[], []]);
  });

  it("asks the registry for a version that waits for approval", () => {
    const offer: Offer = { model, version: "1.4.0", sha256, folder: "s3://b/f/", quality: "s3://b/q.json", facts: { version: "1.4.0", sha256 } };
    const request = requestOf(offer, "svp-staging-", "image@sha256:1");
    expect(request).to.deep.include({ ModelPackageGroupName: `svp-staging-${model}`, ModelApprovalStatus: "PendingManualApproval" });
    expect(request.ClientToken).to.have.length(36);
    expect(request.CustomerMetadataProperties).to.deep.equal({ version: "1.4.0", sha256 });
  });

  it("takes the other account's role for an hour, and fails without credentials", async () => {
    const asked: object[] = [];
    const expiration = new Date(now);
    const sts = (Credentials: object | undefined) => ({
      send: async ({ input }: { input: object }) => {
        asked.push(input);
        return { Credentials };
      },
    });
    const given = { AccessKeyId: "id", SecretAccessKey: "secret", SessionToken: "token", Expiration: expiration };
    expect(await credentialsOf("arn:role", sts(given) as never)()).to.deep.equal({
      ...{ accessKeyId: "id", secretAccessKey: "secret", sessionToken: "token", expiration: new Date(now - 300_000) },
    });
    expect(asked).to.deep.equal([{ RoleArn: "arn:role", RoleSessionName: "model-promotion", DurationSeconds: 3600 }]);
    expect((await failure(credentialsOf("arn:role", sts(undefined) as never)())).message).to.equal("STS gave no credentials of arn:role.");
  });
});
