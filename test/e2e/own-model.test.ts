import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { sprites } from "../../contracts/analyser-result.ts";
import { type Analysis, analysis } from "../../contracts/analysis.ts";
import { analysisKey, languageModelPrefix, parseUri } from "../../contracts/keys.ts";
import { caseAnswer } from "../../contracts/question.ts";
import { PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { localDrafter } from "../../local/services/bedrock/drafter.ts";
import { Clips } from "./support/clips.ts";
import { projectWith, temporaryFolder } from "./support/platform.ts";
import { CaseReports, sentencesOf } from "./support/reports.ts";

const own = { kind: "language-model", id: localDrafter, modelVersion: "1" };

describe("reports by a language model of the organisation's own", function () {
  this.timeout(300_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  let reports: CaseReports;
  let found: Analysis;
  /** Of the first thing on the timeline, and a frame of it. */
  let first: { label: string; startFrame: number };

  /** Puts config.json of a model where its endpoint loads it from. */
  async function put(architecture: string): Promise<void> {
    const { endpoint, region, credentials, outputs } = platform.session;
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    const Key = `${languageModelPrefix(localDrafter, "1")}config.json`;
    await s3.send(new PutObjectCommand({ Bucket: outputs["modelsBucket"], Key, Body: JSON.stringify({ architectures: [architecture] }) }));
    s3.destroy();
  }
  const log = (): string => readFileSync(join(folder.path, "data/cloud.log"), "utf8");

  before(async () => {
    folder = await temporaryFolder();
    const endpoint = "{ version: '1', instanceType: ml.g5.2xlarge, instances: 1 }";
    const config = readFileSync(join(root, "Pulumi.local.yaml"), "utf8")
      .replace("{ writer: template }", `{ writer: sagemaker, modelId: "${localDrafter}", maxRedrafts: 0, pictures: 4, endpoint: ${endpoint} }`)
      .replace("endpoints: [", "endpoints: [bedrock-runtime, ");
    const baseImage = `763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm@sha256:${"0".repeat(64)}`;
    const shared = `${readFileSync(join(root, "Pulumi.shared.yaml"), "utf8")}  svp:languageModel: { baseImage: "${baseImage}" }\n`;
    const project = projectWith(folder.path, { "Pulumi.local.yaml": config, "Pulumi.shared.yaml": shared });
    platform = await openPlatform({ root: project, dataDir: join(folder.path, "data") });
    client = new PlatformClient(platform.session);
    const clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    const { caseId, runId, status } = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    expect(status).to.equal("COMPLETE");
    const key = analysisKey(caseId, runId as string);
    found = analysis.parse(JSON.parse((await client.object({ bucket: client.processedBucket, key })).toString()));
    first = found.segments[0]!;
    expect(await client.reported(caseId, runId as string)).to.equal(true);
    reports = new CaseReports(platform, caseId, runId as string);
  });
  after(async () => {
    await platform?.close();
    await folder?.remove();
  });

  it("are the template's, with the reason, while its endpoint finds no model", async () => {
    for (const { writer, refused } of await reports.all()) {
      expect(writer).to.deep.include({ kind: "template", drafts: 1 });
      expect(JSON.stringify(refused)).to.include("stayed too busy");
    }
    expect(log()).to.include("No S3 objects found under S3 URL");
  });

  it("are the template's where the folder is of a model that can't run here: nothing else answers in its name", async () => {
    await put("Idefics2ForConditionalGeneration");
    for (const { writer } of await reports.writtenAgain()) expect(writer).to.deep.include({ kind: "template", drafts: 1 });
    expect(log()).to.include('Model architectures ["Idefics2ForConditionalGeneration"] are not supported here');
  });

  it("are drafted by it in both languages from what its folder holds, and name it, its version and the frames that it saw", async () => {
    await put("SvpLocalDrafter");
    for (const report of await reports.writtenAgain()) {
      expect(report.writer).to.deep.include({ ...own, drafts: 1 });
      expect(report.writer).not.to.have.property("vendor");
      expect(report.writer.guardrail?.version).to.equal("1");
      expect(report.writer.shown).not.to.be.empty;
      expect(report.writer.tokens?.input).to.be.above(100);
      expect(report.refused).to.deep.equal([]);
      expect(sentencesOf(report).length).to.be.above(2);
    }
  });

  it("have pictures to show that are large enough to see something in", async () => {
    const { bucket, key } = parseUri(found.media.sprites ?? expect.fail("There are no thumbnails."));
    const read = (file: string) => client.object({ bucket, key: key.replace(/[^/]+$/, file) });
    const { stills, tileCount } = sprites.parse(JSON.parse((await read("sprites.json")).toString()));
    // The clip is no larger.
    expect(found.media.raster).to.deep.include({ width: 320, height: 180 });
    expect(stills).to.deep.include({ columns: 4, rows: 4, tileWidth: 320, tileHeight: 180 });
    expect(stills?.sheets).to.have.length(Math.ceil(tileCount / 16));
    for (const sheet of stills?.sheets ?? []) expect((await sharp(await read(sheet)).metadata()).width).to.equal(4 * 320);
  });

  it("answer questions with key frames, behind the same check", async () => {
    const question = { question: `When was ${first.label}?`, language: "en", frames: [first.startFrame] };
    const answer = caseAnswer.parse(await reports.ask("/questions", question));
    expect(answer.outcome).to.equal("ANSWERED");
    expect(answer.writer).to.deep.include(own);
    expect(answer.shown).to.have.length(1);
  });

  it("are told to nobody where the guardrail holds the question back", async () => {
    platform.cloud.faults.add((service, job) => service === "bedrock" && job === "apply-guardrail", "held", 2);
    for (const { writer, refused } of await reports.writtenAgain()) {
      expect(writer).to.deep.include({ kind: "template", drafts: 2 });
      expect(JSON.stringify(refused)).to.include("guardrail");
    }
  });

  it("are the template's where the model's container fails", async () => {
    platform.cloud.faults.refuse((service, operation) => service === "sagemaker" && operation === "InvokeEndpoint", "ModelError", "It died.", 50);
    for (const { writer, refused } of await reports.writtenAgain()) {
      expect(writer).to.deep.include({ kind: "template", drafts: 1 });
      expect(JSON.stringify(refused)).to.include("stayed too busy").and.not.to.include("It died");
    }
  });
});
