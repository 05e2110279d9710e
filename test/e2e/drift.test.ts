import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeModelCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { DescribeExecutionCommand, GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { modelProducer } from "../../contracts/analyser-result.ts";
import type { DetectionChunk } from "../../contracts/analysis.ts";
import type { CorrectionSet } from "../../contracts/corrections.ts";
import { driftReport } from "../../contracts/drift.ts";
import { analysisKey, detectionChunkKey, driftReportsPrefix, frameTableKey, statisticsKey, toUri } from "../../contracts/keys.ts";
import type { RunStatistics } from "../../contracts/run-statistics.ts";
import { correctionLog } from "../../functions/serve/correction-log.ts";
import { PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { readCatalogue } from "../../models/catalogue.ts";
import { analysisOf } from "../functions/support/analysis.ts";
import { count, tableOf } from "../functions/support/frames.ts";
import { projectWith, temporaryFolder } from "./support/platform.ts";

/** The network that is watched here, as the program brings it. */
const network = readCatalogue(join(root, "models")).models.find(({ model }) => model.task === "object-detection")?.model;
if (!network) throw new Error("The catalogue has no detector.");

describe("drift", function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let [s3, states, events, table] = [] as unknown as [S3Client, SFNClient, EventBridgeClient, DynamoDBDocumentClient];
  let dynamodb: DynamoDBClient;
  const output = (name: string) => platform.session.outputs[name] as string;

  before(async () => {
    folder = await temporaryFolder();
    // Nothing need be old to be stale here.
    const config = readFileSync(join(root, "Pulumi.local.yaml"), "utf8");
    const learning = "    retraining: { leastCorrected: 1, pollSeconds: 1 }\n";
    expect(config).to.include(learning);
    const project = projectWith(folder.path, { "Pulumi.local.yaml": config.replace(learning, `${learning}    cleanUp: { staleDays: 0, undecidedDays: 0 }\n`) });
    platform = await openPlatform({ root: project, dataDir: join(folder.path, "data") });
    const { endpoint, region, credentials } = platform.session;
    const options = { endpoint, region, credentials };
    s3 = new S3Client(options);
    states = new SFNClient(options);
    events = new EventBridgeClient(options);
    dynamodb = new DynamoDBClient(options);
    table = DynamoDBDocumentClient.from(dynamodb);
  });
  after(async () => {
    for (const client of [s3, states, events, dynamodb]) client?.destroy();
    await platform?.close();
    await folder?.remove();
  });

  let made = 0;
  const cases: string[] = [];
  /** A case as its analysis leaves it behind, in which so many frames of a hundred show the first label. */
  async function analyse(shown: number): Promise<string> {
    const [caseId, runId] = [randomUUID(), String(made).padStart(40, "0")];
    const createdAt = new Date(Date.UTC(2026, 0, 1 + made++)).toISOString();
    const { id: producer, version, sha256, labels } = network as NonNullable<typeof network>;
    const statistics: RunStatistics = {
      ...{ schema: "run-statistics/1.2", caseId, runId },
      producers: [
        {
          ...{ producer, version, digest: sha256, frameCount: 100 },
          labels: labels.map((label, i) => {
            const frameCount = i === 0 ? shown : i === 1 ? 100 - shown : 0;
            return { label, frameCount, scores: Array.from({ length: 10 }, (_, bin) => (bin === 8 ? frameCount : 0)) };
          }),
          embedding: null,
        },
      ],
      shares: { outOfBody: 0, black: 0, blur: 0, overexposed: 0, underexposed: 0 },
    };
    const analysis = analysisOf({ caseId, runId, createdAt, producers: [modelProducer(network as NonNullable<typeof network>)] });
    const events = analysis.events.map((event) => ({ ...event, producer }));
    const chunkKey = detectionChunkKey(caseId, runId, producer, 0);
    const chunk: DetectionChunk = {
      ...{ schema: "detection-chunk/1.0", producer, frames: [10, 50, 55], offsets: [0, 1, 2, 3], label: [0, 1, 0] },
      ...{ score: [0.9, 0.6, 0.8], box: [1, 1, 9, 9, 1, 1, 9, 9, 1, 1, 9, 9], track: [-1, -1, -1] },
    };
    const chunks = [{ uri: toUri(output("processedBucket"), chunkKey), startFrame: 0, endFrame: 100, sha256: "d".repeat(64) }];
    const detections = [{ producer, labels, frameCount: 3, boxCount: 3, chunks }];
    const media = { ...analysis.media, frameTable: toUri(output("processedBucket"), frameTableKey(caseId, runId)) };
    for (const [key, body] of [
      [statisticsKey(caseId, runId), statistics],
      [frameTableKey(caseId, runId), tableOf(count(100), count(100))],
      [analysisKey(caseId, runId), { ...analysis, media, events, detections, masks: [], tracks: null }],
      [chunkKey, gzipSync(JSON.stringify(chunk))],
    ] as const)
      await s3.send(new PutObjectCommand({ Bucket: output("processedBucket"), Key: key, Body: body instanceof Buffer ? body : JSON.stringify(body) }));
    const summary = { caseId, item: "SUMMARY", list: "CASES", status: "COMPLETE", fileName: "a.mp4", createdAt, updatedAt: createdAt, runId };
    await table.send(new PutCommand({ TableName: output("caseTable"), Item: summary }));
    cases.push(caseId);
    return caseId;
  }

  const ended = async (executionArn: string) => {
    for (;;) {
      const told = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (told.status !== "RUNNING") return told;
      await new Promise((wake) => setTimeout(wake, 50));
    }
  };
  /** One look at the networks; how many were announced, and how many that waited go on. */
  async function look(): Promise<unknown> {
    const { executionArn = "" } = await states.send(new StartExecutionCommand({ stateMachineArn: output("driftMachineArn"), input: "{}" }));
    const { status, output: told, cause } = await ended(executionArn);
    expect(status, cause).to.equal("SUCCEEDED");
    return JSON.parse(told as string);
  }
  const retrainings = async () => (await states.send(new ListExecutionsCommand({ stateMachineArn: output("retrainingMachineArn") }))).executions ?? [];
  /** Events are delivered to functions after they were accepted. */
  async function settledRetrainings(count: number) {
    for (let found = await retrainings(); ; found = await retrainings()) {
      if (found.length >= count && found.every(({ status }) => status !== "RUNNING")) return found;
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  it("finds nothing in cases of one kind", async () => {
    for (let i = 0; i < 14; i++) await analyse(50 + (i % 3));
    expect(await look()).to.deep.equal({ announced: 0, resumed: 0 });
    expect(await retrainings()).to.deep.equal([]);
  });

  it("starts exactly one retraining for a batch that drifted, however often it is looked at and told of", async () => {
    const drifted: string[] = [];
    for (let i = 0; i < 8; i++) drifted.push(await analyse(95 + (i % 3)));
    expect(await look()).to.deep.equal({ announced: 1, resumed: 0 });
    const [first] = await settledRetrainings(1);
    expect(await look()).to.deep.equal({ announced: 0, resumed: 0 });

    const told = await ended(first?.executionArn as string);
    const request = JSON.parse(told.input as string);
    expect(request).to.deep.include({ model: network.id, version: network.version, digest: network.sha256, reason: "drift", what: ["classes"] });
    // EventBridge delivers at least once.
    const Detail = JSON.stringify(request);
    await events.send(new PutEventsCommand({ Entries: [{ Source: "svp.learning", DetailType: "Drift Detected", Detail }] }));
    // Told of another episode, it starts another: by then the one before was dealt with.
    const other = JSON.stringify({ ...request, episode: "f".repeat(32) });
    await events.send(new PutEventsCommand({ Entries: [{ Source: "svp.learning", DetailType: "Drift Detected", Detail: other }] }));
    expect((await settledRetrainings(2)).map(({ name }) => name)).to.have.members([request.episode, "f".repeat(32)]);

    // Nobody corrected anything yet: people are asked about the newest cases.
    expect(told.status, told.cause).to.equal("SUCCEEDED");
    expect(JSON.parse(told.output as string)).to.deep.equal({ outcome: "WAITING_FOR_LABELS", corrected: 0, needed: 1 });
    const { Items = [] } = await table.send(
      new QueryCommand({
        ...{ TableName: output("caseTable"), IndexName: "doubts-by-order", KeyConditionExpression: "#queue = :waiting" },
        ...{ ExpressionAttributeNames: { "#queue": "queue" }, ExpressionAttributeValues: { ":waiting": "WAITING" } },
      }),
    );
    const asked = drifted.slice(-5).flatMap((caseId) => [`${caseId} event event-1 10`, `${caseId} boxes ${network.id}-50 50`]);
    expect(Items.map(({ caseId, kind, id, startFrame }) => `${caseId} ${kind} ${id} ${startFrame}`)).to.have.members(asked);
  });

  it("goes on by itself once people corrected enough, once, and announces nothing anew", async () => {
    const before = await retrainings();
    await correctionLog(table, output("caseTable")).add({
      ...{ schema: "correction-set/1.0", caseId: cases.at(-1), runId: String(made - 1).padStart(40, "0"), contentSha256: "c".repeat(64), version: 1 },
      ...{ createdAt: new Date().toISOString(), createdBy: "somebody" },
      corrections: [{ kind: "judge", target: { kind: "event", id: "event-1" }, before: "unreviewed", after: "rejected" }],
    } as CorrectionSet);
    expect(await look()).to.deep.equal({ announced: 0, resumed: 1 });
    expect(await look()).to.deep.equal({ announced: 0, resumed: 0 });
    const [resumed, ...others] = (await settledRetrainings(before.length + 1)).filter(({ name }) => !before.some((one) => one.name === name));
    expect(others).to.deep.equal([]);
    const episode = before.map(({ name }) => name).find((name) => name !== "f".repeat(32));
    // Two executions had to wait before it.
    expect(resumed?.name).to.equal(`${episode?.slice(0, 28)}-2`);
    // It has enough, and goes on to build a version; these cases have no pictures to build one of.
    const told = await ended(resumed?.executionArn as string);
    expect(told.status).to.equal("FAILED");
    const history = states.send(new GetExecutionHistoryCommand({ executionArn: resumed?.executionArn as string }));
    expect((await history).events?.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [])).to.deep.equal([
      ...["CollectCorrections", "IsThereEnough", "BuildDataset", "TellOfFailure", "Failed"],
    ]);
  });

  it("keeps what it measured, and no case's name", async () => {
    const prefix = driftReportsPrefix(network.id, network.sha256);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: output("processedBucket"), Prefix: prefix }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: output("processedBucket"), Key: Contents.at(-1)?.Key as string }));
    const report = driftReport.parse(JSON.parse((await Body?.transformToString()) as string));
    expect([report.verdict, report.baseline?.cases, report.window.cases]).to.deep.equal(["DRIFTED", 8, 8]);
  });

  it("removes what endpoints, trainings and experiments left behind, once it is asked to, and nothing that is in use", async () => {
    const client = new PlatformClient(platform.session);
    const { endpoint, region, credentials } = platform.session;
    const sagemaker = new SageMakerClient({ endpoint, region, credentials });
    const bucket = output("modelsBucket");
    const keys = async () => (await client.keys(bucket, "")).sort();
    const configurations = async () =>
      ((await sagemaker.send(new ListEndpointConfigsCommand({}))).EndpointConfigs ?? []).map(({ EndpointConfigName }) => EndpointConfigName).sort();
    try {
      const before = { keys: await keys(), configurations: await configurations() };
      expect(await client.invoke("staleSweepFunction", { remove: true })).to.deep.equal({ found: [], removed: 0, isCut: false });
      // As a deployment leaves an endpoint's earlier fleet behind, and a training that the gate refused its files.
      const [program] = (await sagemaker.send(new ListModelsCommand({}))).Models ?? [];
      const { ExecutionRoleArn, PrimaryContainer } = await sagemaker.send(new DescribeModelCommand({ ModelName: program?.ModelName }));
      const S3DataSource = { S3Uri: `s3://${bucket}/endpoint-models/one/`, S3DataType: "S3Prefix", CompressionType: "None" } as const;
      const name = "svp-local-inference-one";
      await sagemaker.send(
        new CreateModelCommand({
          ...{ ModelName: name, ExecutionRoleArn, EnableNetworkIsolation: true },
          PrimaryContainer: { Image: PrimaryContainer?.Image, ModelDataSource: { S3DataSource } },
        }),
      );
      const variant = { VariantName: "current", ModelName: name, InstanceType: "ml.m5.large", InitialInstanceCount: 1 } as const;
      await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }));
      // As a batch of experiments leaves the model of one, and its files.
      const tried = "training/experiments/batch/one/";
      const triedModel = "svp-experiment-batch-0-0-0";
      await sagemaker.send(
        new CreateModelCommand({
          ...{ ModelName: triedModel, ExecutionRoleArn, EnableNetworkIsolation: true },
          PrimaryContainer: {
            Image: PrimaryContainer?.Image,
            ModelDataSource: { S3DataSource: { ...S3DataSource, S3Uri: `s3://${bucket}/${tried}trained/job/output/model/` } },
          },
        }),
      );
      for (const Key of [
        ...[`endpoint-models/one/${network.id}/model.json`, `training/${network.id}/one/facts/facts.json`],
        ...[`${tried}pictures.manifest`, `${tried}trained/job/output/model/model.onnx`],
      ])
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "{}" }));
      const laid = await keys();

      const found = [
        { kind: "endpoint-configuration", name, reason: "No endpoint uses it.", files: 0 },
        ...[name, triedModel].map((of) => ({ kind: "model", name: of, reason: "No endpoint configuration names it.", files: 0 })),
        { kind: "endpoint-files", name: "endpoint-models/one/", reason: "No model loads it.", files: 1 },
        { kind: "training-files", name: `training/${network.id}/one/`, reason: "Nothing in the registry came of it.", files: 1 },
        { kind: "experiment-files", name: tried, reason: "Nothing in the registry came of it.", files: 2 },
      ];
      expect(await client.invoke("staleSweepFunction", { remove: false })).to.deep.equal({ found, removed: 0, isCut: false });
      expect(await keys()).to.deep.equal(laid);
      expect(await client.invoke("staleSweepFunction", { remove: true })).to.deep.equal({ found, removed: 6, isCut: false });
      expect({ keys: await keys(), configurations: await configurations() }).to.deep.equal(before);
    } finally {
      sagemaker.destroy();
    }
  });
});
