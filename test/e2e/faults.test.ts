import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type Analysis, analysis as analysisContract } from "../../contracts/analysis.ts";
import { analysisKey, rawVideosPrefix } from "../../contracts/keys.ts";
import { caseAnswer } from "../../contracts/question.ts";
import { type CaseItem, PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { projectWith, temporaryFolder } from "./support/platform.ts";
import { CaseReports, sentencesOf } from "./support/reports.ts";

describe("when a part fails", function () {
  this.timeout(300_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  let clip: string;
  /** The one that went well. */
  let whole: CaseItem;

  before(async () => {
    folder = await temporaryFolder();
    clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    // With everything switched on that is off as delivered.
    const config = changed(readFileSync(join(root, "Pulumi.local.yaml"), "utf8"), {
      "enabled: true, labels: false": "enabled: true, labels: true",
      "{ writer: template }": '{ writer: bedrock, modelId: "svp.local-drafter-v1:0", maxRedrafts: 1, pictures: 4 }',
      "endpoints: [": "endpoints: [bedrock-runtime, ",
    });
    const project = projectWith(folder.path, { "Pulumi.local.yaml": config });
    platform = await openPlatform({ root: project, dataDir: join(folder.path, "data") });
    client = new PlatformClient(platform.session);
  });
  after(async () => {
    await platform?.close();
    await folder?.remove();
  });

  const analysed = async (): Promise<CaseItem> => client.settled(await client.upload(clip, () => undefined), () => undefined);
  const analysisOf = async ({ caseId, runId }: CaseItem): Promise<Analysis> =>
    analysisContract.parse(JSON.parse((await client.object({ bucket: client.processedBucket, key: analysisKey(caseId, runId as string) })).toString()));
  /** Fails every attempt of a service's jobs whose name holds `part`, for one analysis. */
  const fail = (service: string, part: string, message: string): void => platform.cloud.faults.add((s, job) => s === service && job.includes(part), message, 2);

  it("holds back what quotas refuse, and fails nothing: the analysis is made once, whole", async () => {
    const refuse = (service: string, operation: string, code: string, times: number) =>
      platform.cloud.faults.refuse((s, o) => s === service && o === operation, code, "The quota of the account is used up.", times);
    const refused = [
      // Step Functions' own client asks three times before the state is tried again.
      refuse("rekognition", "StartSegmentDetection", "LimitExceededException", 4),
      refuse("rekognition", "StartLabelDetection", "LimitExceededException", 4),
      refuse("rekognition", "DetectText", "ProvisionedThroughputExceededException", 2),
      refuse("sagemaker", "CreateProcessingJob", "ResourceLimitExceeded", 2),
      refuse("mediaconvert", "CreateJob", "TooManyRequestsException", 4),
      refuse("mediaconvert", "Probe", "TooManyRequestsException", 4),
    ];
    // No instance is free, either: the job and its second try fail.
    fail("sagemaker", "gate", "CapacityError: Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.");
    const item = await analysed();
    whole = item;
    expect(refused.map(({ left }) => left)).to.deep.equal([0, 0, 0, 0, 0, 0]);
    expect([item.status, item.reasons]).to.deep.equal(["COMPLETE", []]);
    const { coverage, tags = [] } = await analysisOf(item);
    expect(coverage.map(({ analyser, status, error }) => [analyser, status, error])).to.deep.equal(
      ["frame-analysis", "rekognition", "rekognition-labels", "review-rendition", "scene-segmentation"].map((analyser) => [analyser, "SUCCEEDED", null]),
    );
    expect(
      tags.map(({ label }) => label),
      "what the local Rekognition has words for",
    ).to.include("Red");
    const ends = ["Analysed", "Rejected", "Quarantined", "Failed", "AlreadyClaimed"];
    expect((await client.statesEntered(item.runId as string)).filter((state) => ends.includes(state))).to.deep.equal(["Analysed"]);
  });

  it("finds a case by a label again, which is no finding of it", async () => {
    const [item] = await client.cases();
    const asked = async (query: string): Promise<string[]> =>
      ((await (await fetch(`${platform.session.api}/cases?${query}`)).json()) as { cases: { caseId: string }[] }).cases.map(({ caseId }) => caseId);
    expect(await asked("tag=red")).to.deep.equal([item?.caseId]);
    for (const query of ["tag=glove", "event=red", "event=tag", "instrument=red"]) expect(await asked(query), query).to.deep.equal([]);
  });

  describe("a report that a language model drafts", () => {
    const guardrailed = { kind: "language-model", id: "svp.local-drafter-v1:0" };
    let reports: CaseReports;
    /** Makes the model err, or its guardrail step in. */
    const err = (how: string, times: number): void => platform.cloud.faults.add((service, job) => service === "bedrock" && job === how, how, times);

    before(async () => {
      reports = new CaseReports(platform, whole.caseId, whole.runId as string);
      expect(await client.reported(whole.caseId, whole.runId as string)).to.equal(true);
    });

    it("stands with its first draft, sentence by sentence, and says who wrote it behind which guardrail", async () => {
      for (const report of await reports.all()) {
        expect(report.writer).to.deep.include({ ...guardrailed, drafts: 1 });
        expect(report.writer.guardrail?.version).to.equal("1");
        expect(report.writer.shown, "key frames that it saw").not.to.be.empty;
        expect(report.writer.tokens?.input).to.be.above(100);
        expect(report.refused).to.deep.equal([]);
        expect(sentencesOf(report).length).to.be.above(2);
      }
      const [english, chinese] = await reports.all();
      expect(sentencesOf(english!)[0]).to.deep.include({ text: "The whole video: 0:00 to 0:02.", cites: ["operation"] });
      expect(sentencesOf(chinese!)[0]).to.deep.include({ text: "整段影片：0:00 至 0:02。", cites: ["operation"] });
    });

    it("is written again with the reasons where a sentence is refused", async () => {
      err("wrong-number", 1);
      const written = await reports.writtenAgain();
      expect(written.map(({ writer }) => writer.drafts).sort()).to.deep.equal([1, 2]);
      for (const { writer, refused } of written) {
        expect(writer).to.deep.include(guardrailed);
        expect(refused).to.have.length(writer.drafts - 1);
      }
      const [refused] = written.flatMap((report) => report.refused);
      expect(refused?.text).to.include("1:01");
      expect(refused?.reasons.join(" ")).to.include("1:01");
    });

    it("is the template's where the model errs each time, with all that was refused", async () => {
      err("unknown-id", 4);
      for (const { writer, refused } of await reports.writtenAgain()) {
        expect(writer).to.deep.include({ kind: "template", drafts: 3 });
        expect(refused.map(({ reasons }) => reasons.join(" ").includes("segment-999999"))).to.deep.equal([true, true]);
      }
    });

    it("is the template's at once where the guardrail steps in", async () => {
      err("guardrail", 2);
      for (const report of await reports.writtenAgain()) {
        expect(report.writer).to.deep.include({ kind: "template", drafts: 2 });
        expect(sentencesOf(report)).not.to.be.empty;
        expect(JSON.stringify(report.refused)).to.include("guardrail");
      }
    });

    it("is the template's where the model stays busy or fails, and says so", async () => {
      // The state asks seven times for each language.
      for (const how of ["throttle", "fail"]) {
        err(how, 14);
        for (const report of await reports.writtenAgain()) {
          expect(report.writer, how).to.deep.include({ kind: "template", drafts: 1 });
          expect(sentencesOf(report)).not.to.be.empty;
          expect(JSON.stringify(report.refused), how).to.include("The language model stayed too busy to answer.");
        }
      }
    });

    it("is no other model's to answer questions: the same, behind the same check", async () => {
      const { segments } = await analysisOf(whole);
      const { label } = segments[0]!;
      const answer = caseAnswer.parse(await reports.ask("/questions", { question: `When was ${label}?`, language: "en" }));
      expect([answer.outcome, answer.refused]).to.deep.equal(["ANSWERED", []]);
      expect(answer.writer).to.deep.include(guardrailed);
      expect(answer.sentences[0]?.text).to.include(label);
    });
  });

  it("keeps the results of the other branches when the networks' job fails", async () => {
    fail("sagemaker", "frame-analysis", "AlgorithmError: out of memory");
    const item = await analysed();
    expect(item.status).to.equal("PARTIAL");
    const { status, coverage, media, segments } = await analysisOf(item);
    expect(status).to.equal("PARTIAL");
    const failed = coverage.filter((entry) => entry.status === "FAILED");
    expect(failed.map(({ analyser, share }) => ({ analyser, share }))).to.deep.equal([{ analyser: "frame-analysis", share: 0 }]);
    expect(failed[0]?.error).to.include("out of memory");
    expect(media.renditions.review).to.be.a("string");
    expect(
      segments.filter(({ producer }) => producer === "rekognition-segments"),
      "shots that Rekognition found",
    ).to.not.be.empty;
  });

  it("keeps what the networks found until their job failed midway, and says how far they came", async () => {
    // Both attempts are told to stop. Long enough for one to be told so before it is done.
    fail("sagemaker-midway", "frame-analysis", "ClientError: The job ran longer than MaxRuntimeInSeconds.");
    const long = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain("long.mp4", 20);
    const item = await client.settled(await client.upload(long, () => undefined), () => undefined);
    expect(item.status).to.equal("PARTIAL");
    const { coverage, lookedAt = [], media, scores } = await analysisOf(item);
    const [row] = coverage.filter(({ status }) => status === "FAILED");
    expect(row).to.deep.include({ analyser: "frame-analysis", required: true });
    expect(row?.share).to.be.within(0.01, 0.99);
    expect(row?.error).to.include("MaxRuntimeInSeconds").and.to.include("phase-classifier: The analysis was stopped.");
    // Both are told: what a job that failed cost, and what came of it.
    for (const { analyser, costUsd } of coverage) expect(costUsd, analyser).to.be.a("number");
    expect(row?.costUsd).to.be.greaterThan(0);
    const [phases] = scores.filter(({ producer }) => producer === "phase-classifier");
    expect(phases?.frameCount).to.be.greaterThan(0);
    const ends = lookedAt.filter(({ producer }) => producer === "phase-classifier").map(({ spans }) => spans.at(-1)?.endFrame ?? 0);
    expect(ends[0]).to.be.within(1, media.source.frameCount - 1);
  });

  it("quarantines a case whose privacy gate saw a part of the video only", async () => {
    fail("sagemaker-midway", "gate", "ClientError: The job ran longer than MaxRuntimeInSeconds.");
    const long = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain("partly-screened.mp4", 20);
    const item = await client.settled(await client.upload(long, () => undefined), () => undefined);
    expect(item.status).to.equal("QUARANTINED");
    expect(item.reasons).to.deep.equal([
      "The screening for pictures outside the patient ended as FAILED: ClientError: The job ran longer than MaxRuntimeInSeconds.",
    ]);
    expect(await client.statesEntered(item.runId as string)).to.not.include("RenderReview");
  });

  it("keeps the networks' results when Rekognition fails", async () => {
    // Its job, that is, not the pictures that the privacy gate shows it.
    platform.cloud.faults.add((service, job) => service === "rekognition" && !job.startsWith("screened-pictures/"), "The service had an internal error.", 2);
    const item = await analysed();
    expect(item.status).to.equal("PARTIAL");
    const { coverage, detections, segments } = await analysisOf(item);
    expect(Object.fromEntries(coverage.map(({ analyser, status }) => [analyser, status]))).to.include({ rekognition: "FAILED", "frame-analysis": "SUCCEEDED" });
    expect(detections).to.have.length(1);
    expect(segments, "shots from the technical cues").to.not.be.empty;
  });

  const refuseLabels = () =>
    platform.cloud.faults.refuse((_, operation) => operation === "StartLabelDetection", "InvalidParameterException", "It can't be read.", 9);
  /** What fails with each: Rekognition sees the covered rendition only, and no analysis lacks anything for want of general labels. */
  const branches: readonly [branch: string, how: () => unknown, status: string, failed: string[]][] = [
    ["the second job of networks fails", () => fail("sagemaker", "scene-segmentation", "AlgorithmError: killed"), "PARTIAL", ["scene-segmentation"]],
    [
      "the review rendition fails",
      () => fail("mediaconvert", "review", "1999: the encoder stopped"),
      "PARTIAL",
      ["rekognition", "rekognition-labels", "review-rendition"],
    ],
    ["Rekognition's labels fail", refuseLabels, "COMPLETE", ["rekognition-labels"]],
  ];
  for (const [branch, how, status, failed] of branches)
    it(`keeps what the other branches found, and says what is missing, when ${branch}`, async () => {
      how();
      const item = await analysed();
      expect(item.status).to.equal(status);
      const { coverage, detections } = await analysisOf(item);
      expect(coverage.flatMap((entry) => (entry.status === "SUCCEEDED" ? [] : [`${entry.status} ${entry.analyser}`])).sort()).to.deep.equal(
        failed.map((analyser) => `FAILED ${analyser}`),
      );
      expect(detections, "boxes of the networks' own branch").to.have.length(1);
    });

  it("quarantines a case whose privacy gate fails: nothing else is made of it", async () => {
    fail("sagemaker", "gate", "AlgorithmError: killed");
    const item = await analysed();
    expect(item.status).to.equal("QUARANTINED");
    expect(item.reasons).to.deep.equal(["The screening for pictures outside the patient ended as FAILED: AlgorithmError: killed"]);
    const states = await client.statesEntered(item.runId as string);
    expect(states).to.include("MarkQuarantined");
    expect(states.filter((state) => state === "RenderReview" || state === "RunAnalyser")).to.deep.equal([]);
  });

  it("marks a case failed when its rendition can't be made, and keeps its upload", async () => {
    fail("mediaconvert", "analysis", "1999: the encoder stopped");
    const item = await analysed();
    expect(item.status).to.equal("FAILED");
    expect(item.reasons.join(" ")).to.include("the encoder stopped");
    const { caller } = platform.cloud.iam.administrator;
    const kept = await platform.cloud.s3.list(caller, platform.session.outputs["rawBucket"] as string, `${rawVideosPrefix}${item.caseId}/`);
    expect(kept).to.have.length(1);
  });

  it("starts one execution for an event that is delivered three times", async () => {
    const item = await analysed();
    const { caller } = platform.cloud.iam.administrator;
    const bucket = platform.session.outputs["rawBucket"] as string;
    const [source] = await platform.cloud.s3.list(caller, bucket, `${rawVideosPrefix}${item.caseId}/`);
    const object = await platform.cloud.s3.file(caller, bucket, source?.key as string);
    for (let delivery = 0; delivery < 3; delivery++) {
      await platform.cloud.events.publish({
        id: randomUUID(),
        source: "aws.guardduty",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        account: platform.cloud.accountId,
        region: platform.cloud.region,
        time: new Date().toISOString(),
        resources: [],
        detail: {
          ...{ schemaVersion: "1.0", scanStatus: "COMPLETED", resourceType: "S3_OBJECT" },
          s3ObjectDetails: { bucketName: bucket, objectKey: source?.key, eTag: object.etag, versionId: object.versionId, s3Throttled: false },
          scanResultDetails: { scanResultStatus: "NO_THREATS_FOUND", threats: null },
        },
      });
    }
    const { session } = platform;
    const states = new SFNClient({ endpoint: session.endpoint, region: session.region, credentials: session.credentials });
    const executions = async (): Promise<string[]> => {
      const { executions: list = [] } = await states.send(
        new ListExecutionsCommand({ stateMachineArn: session.outputs["stateMachineArn"] as string, maxResults: 1000 }),
      );
      return list.map(({ name }) => name as string);
    };
    const before = await executions();
    await drained(
      new SQSClient({ endpoint: session.endpoint, region: session.region, credentials: session.credentials }),
      session.outputs["uploadQueueUrl"] as string,
    );
    expect((await executions()).filter((name) => name === item.runId)).to.deep.equal([item.runId]);
    expect(await executions()).to.have.length(before.length);
  });

  it("quarantines a case whose pictures can't be searched for text", async () => {
    // The last analysis here: Rekognition stays so.
    const always = Number.POSITIVE_INFINITY;
    platform.cloud.faults.add(
      (service, job) => service === "rekognition" && job.startsWith("screened-pictures/"),
      "The service had an internal error.",
      always,
    );
    const item = await analysed();
    expect(item.status).to.equal("QUARANTINED");
    expect(item.reasons.join(" ")).to.include("The service had an internal error.");
    expect(await client.statesEntered(item.runId as string)).to.not.include("RenderReview");
  });
});

/** A text with parts replaced, each of which must be in it. */
function changed(text: string, parts: Readonly<Record<string, string>>): string {
  for (const [from, to] of Object.entries(parts)) {
    expect(text).to.include(from);
    text = text.replace(from, to);
  }
  return text;
}

/** Waits until a queue holds no message, visible or in flight. */
async function drained(sqs: SQSClient, QueueUrl: string): Promise<void> {
  for (;;) {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] }),
    );
    if (Attributes?.["ApproximateNumberOfMessages"] === "0" && Attributes["ApproximateNumberOfMessagesNotVisible"] === "0") return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
