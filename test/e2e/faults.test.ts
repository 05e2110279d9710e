import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type Analysis, analysis as analysisContract } from "../../contracts/analysis.ts";
import { analysisKey, rawVideosPrefix } from "../../contracts/keys.ts";
import { type CaseItem, PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

describe("when a part fails", function () {
  this.timeout(300_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  let clip: string;

  before(async () => {
    folder = await temporaryFolder();
    clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    platform = await openPlatform({ root, dataDir: join(folder.path, "data") });
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
        source: "aws.s3",
        "detail-type": "Object Created",
        account: platform.cloud.accountId,
        region: platform.cloud.region,
        time: new Date().toISOString(),
        resources: [`arn:aws:s3:::${bucket}`],
        detail: {
          bucket: { name: bucket },
          object: { key: source?.key, size: object.bytes, etag: object.etag, "version-id": object.versionId, sequencer: "01" },
          reason: "PutObject",
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
    // The last of these tests: Rekognition stays so.
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
