import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CopyObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { sourceKey } from "../../contracts/keys.ts";
import { PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

describe("admission", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  let states: SFNClient;
  let table: DynamoDBDocumentClient;
  let clips: Clips;

  const TableName = "svp-local-admission-leases";
  const leases = async (): Promise<Record<string, number>> => {
    const { Item } = await table.send(new GetCommand({ TableName, Key: { class: "interactive" }, ConsistentRead: true }));
    return (Item?.["leases"] ?? {}) as Record<string, number>;
  };
  /** Runs of others that hold all leases but one. */
  const others = Object.fromEntries(["a", "b", "c"].map((digit) => [digit.repeat(40), 4_000_000_000]));

  before(async () => {
    folder = await temporaryFolder();
    clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    // Analyses start after the upload here; everywhere else in these tests after the scan.
    const configure = (config: Readonly<Record<string, string>>) => ({
      ...config,
      "svp:admission": JSON.stringify({ ...JSON.parse(config["svp:admission"] as string), startAfter: "upload" }),
    });
    platform = await openPlatform({ root, dataDir: join(folder.path, "data"), configure });
    client = new PlatformClient(platform.session);
    const { endpoint, region, credentials } = platform.session;
    states = new SFNClient({ endpoint, region, credentials });
    table = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
    await table.send(new PutCommand({ TableName, Item: { class: "interactive", leases: others } }));
  });
  after(async () => {
    states?.destroy();
    table?.destroy();
    await platform?.close();
    await folder?.remove();
  });

  const executionOf = (runId: string): string => `${platform.session.outputs["stateMachineArn"]?.replace(":stateMachine:", ":execution:")}:${runId}`;
  const lifeOf = async (runId: string) => {
    const { startDate, stopDate } = await states.send(new DescribeExecutionCommand({ executionArn: executionOf(runId) }));
    return { start: startDate?.getTime() as number, stop: stopDate?.getTime() as number };
  };
  const untilFree = async (): Promise<void> => {
    while (Object.keys(await leases()).length > 3) await pause(25);
  };

  it("holds a second and a third case back while the only lease is taken, and then runs them", async () => {
    const clip = clips.text();
    const caseIds = await Promise.all([1, 2, 3].map(() => client.upload(clip, () => undefined)));
    let most = 0;
    const watching = new AbortController();
    const watch = (async () => {
      while (!watching.signal.aborted) {
        most = Math.max(most, Object.keys(await leases()).length);
        await pause(20);
      }
    })();
    const items = await Promise.all(caseIds.map((caseId) => client.settled(caseId, () => undefined)));
    await untilFree();
    watching.abort();
    await watch;
    expect(items.map(({ status }) => status)).to.deep.equal(["REJECTED", "REJECTED", "REJECTED"]);
    expect(most, "leases at a time, of the others and ours").to.equal(4);
    const lives = (await Promise.all(items.map(({ runId }) => lifeOf(runId as string)))).sort((a, b) => a.start - b.start);
    for (const [i, { start }] of lives.slice(1).entries()) expect(start, "starts after the one before has ended").to.be.at.least(lives[i]?.stop as number);
    expect(await leases()).to.deep.equal(others);
    expect(await client.deadLetters()).to.equal(0);
  });

  it("gets the lease of an execution back that was stopped, marks its case, and goes on with it when it is redriven", async () => {
    const caseId = await client.upload(clips.plain(), () => undefined);
    let runId: string | undefined;
    while (runId === undefined) {
      [runId] = Object.keys(await leases()).filter((run) => !(run in others));
      await pause(20);
    }
    while ((await client.case(caseId))?.status !== "RUNNING") await pause(20);
    await states.send(new StopExecutionCommand({ executionArn: executionOf(runId) }));
    await untilFree();
    expect(await leases()).to.deep.equal(others);
    const stopped = await client.settled(caseId, () => undefined);
    expect(stopped).to.deep.include({ status: "FAILED", reasons: ["The analysis was stopped before its end. It can be redriven."] });
    expect(await client.execution(runId)).to.deep.include({ status: "ABORTED", redrivable: true });
    const redriven = client.redrive(caseId, runId, () => undefined);
    while ((await client.case(caseId))?.status !== "RUNNING") await pause(20);
    expect(await redriven).to.deep.include({ status: "COMPLETE", reasons: [], runId });
  });

  it("starts what lay among the dead letters once these are given back", async () => {
    const { endpoint, region, credentials, outputs } = platform.session;
    const bucket = outputs["rawBucket"] as string;
    const [caseId, uploadId] = [randomUUID(), randomUUID()];
    const s3 = new S3Client({ endpoint, region, credentials });
    // Copied, so that no event of S3's own starts it.
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "archive/0", Body: "no video" }));
    const copied = await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: sourceKey(caseId, uploadId), CopySource: `${bucket}/archive/0` }));
    s3.destroy();
    const object = { key: sourceKey(caseId, uploadId), size: 8, "version-id": copied.VersionId };
    const event = { time: new Date().toISOString(), source: "aws.s3", "detail-type": "Object Created", detail: { bucket: { name: bucket }, object } };
    const queues = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
    await queues.send(new SendMessageCommand({ QueueUrl: outputs["deadLetterQueueUrl"] as string, MessageBody: JSON.stringify(event) }));
    queues.destroy();
    expect(await client.deadLetters()).to.equal(1);
    expect(await client.redriveDeadLetters()).to.equal(1);
    expect(await client.deadLetters()).to.equal(0);
    while ((await client.case(caseId)) === undefined) await pause(50);
    expect((await client.settled(caseId, () => undefined)).status).to.equal("REJECTED");
  });
});
