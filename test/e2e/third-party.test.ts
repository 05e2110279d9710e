import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { analysis } from "../../contracts/analysis.ts";
import { analysisKey } from "../../contracts/keys.ts";
import { caseAnswer } from "../../contracts/question.ts";
import { type CaseItem, PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { ChatServer } from "./support/chat-server.ts";
import { Clips } from "./support/clips.ts";
import { projectWith, temporaryFolder } from "./support/platform.ts";
import { CaseReports, sentencesOf } from "./support/reports.ts";

const secretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:svp-local-llm-AbCdEf";
const secretKeyArn = "arn:aws:kms:us-east-1:000000000000:key/vendor";

describe("reports by another company's language model", function () {
  this.timeout(300_000);
  const company = new ChatServer();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let reports: CaseReports;
  let caseId: string;
  /** Of the first thing on the timeline. */
  let label: string | undefined;

  before(async () => {
    folder = await temporaryFolder();
    const endpoint = await company.start();
    const thirdParty = JSON.stringify({ vendor: "Example", endpoint, secretArn, secretKeyArn, baaSignedOn: "2026-01-31" });
    const config = readFileSync(join(root, "Pulumi.local.yaml"), "utf8")
      .replace("{ writer: template }", `{ writer: third-party, modelId: large-1, maxRedrafts: 0, thirdParty: ${thirdParty} }`)
      .replace("nat: none", "nat: single")
      .replace("endpoints: [", "endpoints: [bedrock-runtime, lambda, ");
    platform = await openPlatform({ root: projectWith(folder.path, { "Pulumi.local.yaml": config }), dataDir: join(folder.path, "data") });
    platform.cloud.secretsmanager.putSecret({ arn: secretArn, name: "svp-local-llm", kmsKeyId: secretKeyArn });
    platform.cloud.secretsmanager.putValue(secretArn, "k-1\n");
    const client = new PlatformClient(platform.session);
    const clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    const item = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    expect(item.status).to.equal("COMPLETE");
    caseId = item.caseId;
    const key = analysisKey(caseId, item.runId as string);
    label = analysis.parse(JSON.parse((await client.object({ bucket: client.processedBucket, key })).toString())).segments[0]?.label;
    expect(await client.reported(caseId, item.runId as string)).to.equal(true);
    reports = new CaseReports(platform, caseId, item.runId as string);
  });
  after(async () => {
    await platform?.close();
    await company.stop();
    await folder?.remove();
  });

  it("are drafted by it in both languages, pass the check, and name it", async () => {
    for (const report of await reports.all()) {
      expect(report.writer).to.deep.include({ kind: "language-model", id: "large-1", vendor: "Example", drafts: 1, tokens: { input: 900, output: 90 } });
      expect(report.refused).to.deep.equal([]);
      expect(sentencesOf(report).length).to.be.above(2);
    }
  });

  it("show it the evidence under its key, and nothing that names the case", () => {
    expect(company.asked.map(({ key }) => key)).to.deep.equal(["Bearer k-1", "Bearer k-1"]);
    for (const { request } of company.asked) {
      expect([request.model, request.response_format.json_schema.name]).to.deep.equal(["large-1", "surgical_report"]);
      expect(JSON.stringify(request)).to.include("<evidence>").and.not.to.include(caseId);
    }
  });

  it("say of what they cost that the company's model is not priced, and count its guardrail with the case", async () => {
    const client = new PlatformClient(platform.session);
    for (const { cost } of await reports.all()) {
      expect(cost?.breakdown.map(({ item, usd }) => [item, usd === null])).to.deep.equal([
        ["Example: report by large-1", true],
        ["Bedrock: guardrail of the report", false],
      ]);
    }
    const until = Date.now() + 30_000;
    while ((await client.case(caseId))?.report?.costUsd == null && Date.now() < until) await pause(250);
    const { report, costUsd } = (await client.case(caseId)) as CaseItem;
    const summed = (await reports.all()).reduce((sum, { cost }) => sum + (cost?.estimateUsd ?? 0), 0);
    expect(report).to.deep.include({ isPriced: false, forecastUsd: 0.018 });
    expect(report?.costUsd).to.be.closeTo(summed, 1e-9).and.greaterThan(0);
    expect(costUsd).to.be.greaterThan(report?.costUsd as number);
  });

  it("are told to nobody where the guardrail holds the question back", async () => {
    const before = company.asked.length;
    platform.cloud.faults.add((service, job) => service === "bedrock" && job === "apply-guardrail", "held", 2);
    for (const { writer, refused } of await reports.writtenAgain()) {
      expect(writer).to.deep.include({ kind: "template", drafts: 2 });
      expect(JSON.stringify(refused)).to.include("guardrail");
    }
    expect(company.asked).to.have.length(before);
  });

  it("are the template's where the company stays busy", async () => {
    company.status = 503;
    for (const { writer, refused } of await reports.writtenAgain()) {
      expect(writer).to.deep.include({ kind: "template", drafts: 1 });
      expect(JSON.stringify(refused)).to.include("stayed too busy").and.not.to.include("repeated");
    }
    company.status = 200;
  });

  it("answer questions by the same way, behind the same check", async () => {
    const answer = caseAnswer.parse(await reports.ask("/questions", { question: `When was ${label}?`, language: "en" }));
    expect(answer.outcome).to.equal("ANSWERED");
    expect(answer.writer).to.deep.include({ kind: "language-model", id: "large-1", vendor: "Example" });
  });
});
