import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type DeployedVersion, deploymentRecord, type ModelSwitch } from "../../../contracts/deployed-model.ts";
import { deployedVersionPrefix, deploymentRecordKey, modelDescriptionKey, modelWeightsKey } from "../../../contracts/keys.ts";
import type { ModelQuality } from "../../../contracts/model-quality.ts";
import type { ModelStore } from "../../../functions/learn/model-store.ts";
import type { RegisteredVersion } from "../../../functions/learn/rule-on-model/core.ts";
import { createHandler as createRule } from "../../../functions/learn/rule-on-model/handler.ts";
import { createHandler as createStage } from "../../../functions/learn/stage-endpoint-models/handler.ts";
import { createHandler as createSwitch } from "../../../functions/learn/switch-model/handler.ts";
import { Outdated } from "../../../functions/runtime/errors.ts";
import { failure } from "../../support/failure.ts";
import { memoryLake } from "../support/memory-lake.ts";

const id = "phase-classifier";
const shipped = JSON.parse(readFileSync(`models/${id}/model.json`, "utf8"));
const arnOf = (number: number): string => `arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-unit-${id}/${number}`;
const digestOf = (weights: string): string => createHash("sha256").update(weights).digest("hex");
const folderOf = (number: number): string => `training/run-${number}/model/`;

/** A bucket with the program's version 1.0.0 in use, and versions of the registry: number n is 1.n.0. */
async function setUp() {
  const lake = memoryLake("models");
  const models: ModelStore = {
    ...lake,
    async record(model) {
      const bytes = lake.objects.get(deploymentRecordKey(model));
      return bytes && { record: deploymentRecord.parse(JSON.parse(Buffer.from(bytes).toString())), etag: digestOf(Buffer.from(bytes).toString()) };
    },
    async putRecord(record, replaces) {
      if ((await models.record(record.model))?.etag !== replaces?.etag) throw new Outdated("Another deployment came first.");
      await lake.putJson(deploymentRecordKey(record.model), record);
    },
  };
  const lay = async (weights: string, version: string): Promise<void> => {
    await lake.put(modelWeightsKey(id), weights, "");
    await lake.putJson(modelDescriptionKey(id), { ...shipped, version, sha256: digestOf(weights) });
  };
  await lay("shipped", "1.0.0");
  const registry = new Map<string, RegisteredVersion>();
  async function register(number: number, { description = {}, quality = {}, status = "Approved" }: Registered = {}): Promise<string> {
    const weights = `weights ${number}`;
    const [sha256, version] = [digestOf(weights), `1.${number}.0`];
    await lake.put(`${folderOf(number)}model.onnx`, weights, "");
    await lake.putJson(`${folderOf(number)}model.json`, { ...shipped, version, sha256, ...description });
    const estimate = { value: 0.9, low: 0.8, high: 0.95, better: "higher", operations: 3 };
    await lake.putJson(`training/run-${number}/quality.json`, {
      schema: "model-quality/1.0",
      createdAt: "2026-11-26T10:00:00.000Z",
      dataset: { name: "phases", version: "1.0.0", sha256: "a".repeat(64), split: "test", operations: 3, frames: 90, syntheticOnly: true },
      runtime: { name: "onnxruntime", version: "1.20.0", provider: "CPUExecutionProvider" },
      ...{ headline: "accuracy", metrics: { accuracy: estimate }, perClass: {}, golden: { frames: 12, agreeing: 12 } },
      ...quality,
      model: { id, version, task: "frame-classification", subject: "phase", sha256, threshold: shipped.threshold, ...quality.model },
    });
    const arn = arnOf(number);
    registry.set(arn, {
      ...{ ModelPackageArn: arn, ModelPackageGroupName: `svp-unit-${id}`, ModelApprovalStatus: status },
      InferenceSpecification: {
        Containers: [{ ModelDataSource: { S3DataSource: { S3Uri: `s3://models/${folderOf(number)}`, S3DataType: "S3Prefix", CompressionType: "None" } } }],
      },
      ModelMetrics: { ModelQuality: { Statistics: { S3Uri: `s3://models/training/run-${number}/quality.json` } } },
      CustomerMetadataProperties: { version, sha256 },
    });
    return arn;
  }
  const change = (arn: string, more: RegisteredVersion) => registry.set(arn, { ...registry.get(arn), ...more });
  const rule = (arn: string) =>
    createRule({ models, groupPrefix: "svp-unit-", describe: async (wanted) => registry.get(wanted) as RegisteredVersion })({ package: arn });
  const put = (wanted: ModelSwitch, deployment: string) => createSwitch({ models })({ switch: wanted, deployment });
  /** Rules, and does what was ruled; the verdict. */
  async function follow(arn: string, deployment = "d"): Promise<string> {
    const ruling = await rule(arn);
    if ("switch" in ruling) await put(ruling.switch, deployment);
    return ruling.verdict;
  }
  const inUse = async () => {
    const { version, sha256 } = JSON.parse(await lake.text(modelDescriptionKey(id)));
    expect(digestOf(await lake.text(modelWeightsKey(id)))).to.equal(sha256);
    return version;
  };
  const pile = async (): Promise<string[] | undefined> => (await models.record(id))?.record.versions.map(({ version }) => version);
  return { lake, models, lay, register, change, rule, put, follow, inUse, pile };
}
interface Registered {
  description?: object;
  quality?: Partial<Omit<ModelQuality, "model">> & { model?: Partial<ModelQuality["model"]> };
  status?: string;
}
const base: DeployedVersion = { package: null, version: "1.0.0", sha256: digestOf("shipped") };

describe("Deployment of networks", () => {
  it("puts an approved version into use, and keeps it and the one before it", async () => {
    const { lake, register, rule, put, inUse, pile } = await setUp();
    const arn = await register(1);
    const ruling = await rule(arn);
    const to = { package: arn, version: "1.1.0", sha256: digestOf("weights 1") };
    const wanted: ModelSwitch = { model: id, to, from: folderOf(1), replaces: base };
    expect(ruling).to.deep.equal({ verdict: "DEPLOY", switch: wanted });
    expect(await put(wanted, "d1")).to.deep.equal(to);
    expect([await inUse(), await pile()]).to.deep.equal(["1.1.0", ["1.0.0", "1.1.0"]]);
    for (const { sha256 } of [base, to]) expect(digestOf(await lake.text(`${deployedVersionPrefix(id, sha256)}model.onnx`))).to.equal(sha256);
    expect(await rule(arn)).to.deep.equal({ verdict: "NOTHING", reason: "The version is in use already." });
  });

  it("puts back the one before when the one in use is rejected, past those that were rejected themselves", async () => {
    const { register, change, follow, rule, inUse, pile } = await setUp();
    const arns = [await register(1), await register(2), await register(3)] as const;
    for (const arn of arns) expect(await follow(arn)).to.equal("DEPLOY");
    expect([await inUse(), await pile()]).to.deep.equal(["1.3.0", ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]]);
    change(arns[1], { ModelApprovalStatus: "Rejected" });
    expect(await rule(arns[1])).to.deep.equal({ verdict: "NOTHING", reason: "The rejected version is not in use." });
    change(arns[2], { ModelApprovalStatus: "Rejected" });
    expect(await follow(arns[2])).to.equal("PUT_BACK");
    expect([await inUse(), await pile()]).to.deep.equal(["1.1.0", ["1.0.0", "1.1.0"]]);
    change(arns[0], { ModelApprovalStatus: "Rejected" });
    expect(await follow(arns[0])).to.equal("PUT_BACK");
    expect([await inUse(), await pile()]).to.deep.equal(["1.0.0", ["1.0.0"]]);
    expect((await rule(arns[0])).verdict).to.equal("NOTHING");
  });

  it("counts what a release of the program laid there since as in use, and puts that back", async () => {
    const { lay, register, change, follow, rule, inUse, pile } = await setUp();
    const arn = await register(1);
    await follow(arn, "d1");
    await lay("released", "1.0.5");
    change(arn, { ModelApprovalStatus: "Rejected" });
    expect(await rule(arn)).to.deep.equal({ verdict: "NOTHING", reason: "The rejected version is not in use." });
    change(arn, { ModelApprovalStatus: "Approved" });
    await follow(arn, "d2");
    expect([await inUse(), await pile()]).to.deep.equal(["1.1.0", ["1.0.0", "1.1.0", "1.0.5", "1.1.0"]]);
    change(arn, { ModelApprovalStatus: "Rejected" });
    await follow(arn, "d3");
    expect([await inUse(), await pile()]).to.deep.equal(["1.0.5", ["1.0.0", "1.1.0", "1.0.5"]]);
  });

  it("waits where nobody decided yet", async () => {
    const { register, rule } = await setUp();
    expect(await rule(await register(1, { status: "PendingManualApproval" }))).to.deep.equal({
      verdict: "NOTHING",
      reason: "The version is PendingManualApproval.",
    });
  });

  it("refuses what differs from what was measured, registered or is in use, with every reason", async () => {
    const { lake, register, rule } = await setUp();
    const arn = await register(1, {
      description: { labels: ["Preparation"], subject: "view", threshold: 0.4 },
      quality: { model: { sha256: "b".repeat(64) }, golden: { frames: 12, agreeing: 11 } },
    });
    await lake.put(`${folderOf(1)}model.onnx`, "other weights", "");
    const [found, told] = [digestOf("other weights"), digestOf("weights 1")];
    expect(await rule(arn)).to.deep.equal({
      verdict: "REFUSED",
      reasons: [
        `The SHA-256 of model.onnx is ${found}; model.json says ${told}.`,
        `The SHA-256 of model.onnx is ${found}; the registry says ${told}.`,
        `The SHA-256 of model.onnx is ${found}; what was measured has ${"b".repeat(64)}.`,
        "The threshold is 0.4; it was measured at 0.",
        "The subject is view; the network in use has phase.",
        `The labels is Preparation; the network in use has ${shipped.labels.join(", ")}.`,
        "The file answers 11 of 12 reference frames as the training did; it must answer all.",
      ],
    });
  });

  it("refuses a version without files or measures, or with files where training does not write", async () => {
    const { lake, register, change, rule } = await setUp();
    const arn = await register(1);
    lake.objects.delete("training/run-1/quality.json");
    lake.objects.delete(`${folderOf(1)}model.onnx`);
    expect(await rule(arn)).to.deep.equal({
      verdict: "REFUSED",
      reasons: [`s3://models/${folderOf(1)}model.onnx isn't there.`, "s3://models/training/run-1/quality.json isn't there."],
    });
    change(arn, {
      ModelMetrics: undefined,
      InferenceSpecification: {
        Containers: [{ ModelDataSource: { S3DataSource: { S3Uri: "s3://elsewhere/training/run-1/", S3DataType: "S3Prefix", CompressionType: "Gzip" } } }],
      },
    });
    expect(await rule(arn)).to.deep.equal({
      verdict: "REFUSED",
      reasons: [
        "The version's data must be a folder of uncompressed files: S3DataType S3Prefix, CompressionType None.",
        `The version's folder is at s3://elsewhere/training/run-1/; it must lie under s3://models/training/ and end with "/".`,
        `The version's measure of quality is missing; it must lie under s3://models/training/ and end with ".json".`,
      ],
    });
  });

  it("goes on where a first try stopped, and lets one of two switches through", async () => {
    const { lake, register, rule, put, inUse, pile } = await setUp();
    const [first, second] = [await rule(await register(1)), await rule(await register(2))];
    if (!("switch" in first && "switch" in second)) throw new Error("Both can be deployed.");
    const { put: write } = lake;
    // The record is written, the files are not.
    const wanted = first.switch;
    await put(wanted, "d1");
    await write(modelWeightsKey(id), "shipped", "");
    await lake.putJson(modelDescriptionKey(id), { ...shipped, version: "1.0.0", sha256: base.sha256 });
    await put(wanted, "d1");
    expect([await inUse(), await pile()]).to.deep.equal(["1.1.0", ["1.0.0", "1.1.0"]]);
    expect(await put(wanted, "told twice")).to.deep.equal(wanted.to);
    const late = await failure(put(second.switch, "d2"));
    expect([late.name, late.message]).to.deep.equal(["Outdated", `"${id}" was changed meanwhile: 1.1.0 is in use, no more 1.0.0.`]);
    expect([await inUse(), await pile()]).to.deep.equal(["1.1.0", ["1.0.0", "1.1.0"]]);
  });

  it("lays for endpoints the version among the networks in use, and nothing that differs from what was judged", async () => {
    const { lake, models, register, rule } = await setUp();
    const ruling = await rule(await register(1));
    if (!("switch" in ruling)) throw new Error("It can be deployed.");
    const other = { ...shipped, id: "view-quality", version: "2.0.0", sha256: digestOf("other") };
    await lake.put(modelWeightsKey("view-quality"), "other", "");
    await lake.putJson(modelDescriptionKey("view-quality"), other);
    const stage = createStage({ models, networks: [id, "view-quality"] });
    expect(await stage({ switch: ruling.switch, deployment: "d1" })).to.deep.equal({ uri: "s3://models/endpoint-models/d1/" });
    const laid = [...lake.objects.keys()].filter((key) => key.startsWith("endpoint-models/")).sort();
    expect(laid).to.deep.equal(
      [`${id}/model.json`, `${id}/model.onnx`, "view-quality/model.json", "view-quality/model.onnx"].map((key) => `endpoint-models/d1/${key}`),
    );
    expect(await lake.text(`endpoint-models/d1/${id}/model.onnx`)).to.equal("weights 1");
    expect(JSON.parse(await lake.text("endpoint-models/d1/view-quality/model.json"))).to.deep.equal(other);
    await lake.put(modelWeightsKey("view-quality"), "exchanged", "");
    expect((await failure(stage({ switch: ruling.switch, deployment: "d2" }))).name).to.equal("BrokenContract");
    expect((await failure(createStage({ models, networks: ["view-quality"] })({ switch: ruling.switch, deployment: "d3" }))).message).to.equal(
      `No endpoint loads "${id}"; they load view-quality.`,
    );
    expect((await failure(stage({ switch: ruling.switch, deployment: "../d" }))).name).to.equal("InvalidInput");
  });

  it("uses no file that changed after it was judged", async () => {
    const { lake, register, rule, put, inUse } = await setUp();
    const ruling = await rule(await register(1));
    if (!("switch" in ruling)) throw new Error("It can be deployed.");
    await lake.put(`${folderOf(1)}model.onnx`, "exchanged", "");
    expect((await failure(put(ruling.switch, "d1"))).name).to.equal("BrokenContract");
    expect(await inUse()).to.equal("1.0.0");
  });
});
