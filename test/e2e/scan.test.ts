import { createHash, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CopyObjectCommand, GetObjectCommand, GetObjectTaggingCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { apiError } from "../../contracts/api.ts";
import { droppedImageKey, droppedImagesPrefix, imageAnswerKey, imageAnswersPrefix, rawVideosPrefix, sourceKey } from "../../contracts/keys.ts";
import { PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { eicar } from "../../local/services/guardduty/eicar.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

describe("the scan for malware", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  let s3: S3Client;
  let states: SFNClient;
  let clips: Clips;
  let raw: string;
  let processed: string;

  before(async () => {
    folder = await temporaryFolder();
    clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    platform = await openPlatform({ root, dataDir: join(folder.path, "data") });
    client = new PlatformClient(platform.session);
    const { endpoint, region, credentials, outputs } = platform.session;
    [s3, states] = [new S3Client({ endpoint, region, credentials }), new SFNClient({ endpoint, region, credentials })];
    [raw, processed] = [outputs["rawBucket"] as string, outputs["processedBucket"] as string];
  });
  after(async () => {
    s3?.destroy();
    states?.destroy();
    await platform?.close();
    await folder?.remove();
  });

  const infected = (name = "infected.mp4"): string => {
    const path = join(folder.path, name);
    writeFileSync(path, `no video, but ${eicar}`);
    return path;
  };
  const analyse = async (file: string) => client.settled(await client.upload(file, () => undefined), () => undefined);
  const executions = async (): Promise<string[]> => {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn: platform.session.outputs["stateMachineArn"] }));
    return executions.map(({ name }) => name as string);
  };
  const sourcesOf = async (caseId: string) =>
    (await s3.send(new ListObjectVersionsCommand({ Bucket: raw, Prefix: `${rawVideosPrefix}${caseId}/` }))).Versions?.map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    })) ?? [];
  const tagsOf = async (Key: string | undefined, VersionId: string | undefined) => {
    const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: raw, Key, VersionId }));
    return Object.fromEntries(TagSet.map((tag) => [tag.Key, tag.Value]));
  };
  /** Copies a file into the bucket, as an archive's are. */
  async function copyIn(content: string | Buffer): Promise<{ caseId: string; Key: string; VersionId: string | undefined }> {
    const [caseId, uploadId] = [randomUUID(), randomUUID()];
    await s3.send(new PutObjectCommand({ Bucket: raw, Key: `archive/${caseId}`, Body: content }));
    const Key = sourceKey(caseId, uploadId);
    const { VersionId } = await s3.send(new CopyObjectCommand({ Bucket: raw, Key, CopySource: `${raw}/archive/${caseId}` }));
    return { caseId, Key, VersionId };
  }

  it("lets a clean video in, once however often its result is told, and both leave their tags", async () => {
    const { caseId, status, runId } = await analyse(clips.plain());
    expect(status).to.equal("COMPLETE");
    const [source] = await sourcesOf(caseId);
    // TagSource comes after the case is complete.
    while ((await tagsOf(source?.Key, source?.VersionId))["analysis-run"] === undefined) await pause(50);
    expect(await tagsOf(source?.Key, source?.VersionId)).to.deep.include({
      GuardDutyMalwareScanStatus: "NO_THREATS_FOUND",
      "analysis-run": runId,
      "analysis-status": "COMPLETE",
    });
    const detail = {
      ...{ schemaVersion: "1.0", scanStatus: "COMPLETED", resourceType: "S3_OBJECT" },
      s3ObjectDetails: { bucketName: raw, objectKey: source?.Key, eTag: "e", versionId: source?.VersionId, s3Throttled: false },
      scanResultDetails: { scanResultStatus: "NO_THREATS_FOUND", threats: null },
    };
    for (const id of ["1", "2", "3"])
      await platform.cloud.events.publish({
        ...{ id, source: "aws.guardduty", "detail-type": "GuardDuty Malware Protection Object Scan Result", resources: [], detail },
        ...{ account: platform.cloud.accountId, region: platform.cloud.region, time: "2026-11-28T00:00:00Z" },
      });
    // Whatever comes later through the same queue.
    await analyse(infected());
    expect(await executions()).to.deep.equal([runId]);
    expect(await client.deadLetters()).to.equal(0);
  });

  it("rejects malware by name, without an execution", async () => {
    const before = await executions();
    const { status, reasons, caseId } = await analyse(infected());
    expect([status, reasons]).to.deep.equal(["REJECTED", ["The scan found malware in the video: EICAR-Test-File (not a virus)."]]);
    const [source] = await sourcesOf(caseId);
    expect(await tagsOf(source?.Key, source?.VersionId)).to.deep.equal({ GuardDutyMalwareScanStatus: "THREATS_FOUND" });
    expect(await executions()).to.deep.equal(before);
  });

  it("quarantines what could not be scanned, without an execution", async () => {
    const before = await executions();
    for (const [result, why] of [
      ["UNSUPPORTED", "it is larger than the scan takes, or encrypted or packed so that it can't look inside"],
      ["ACCESS_DENIED", "the scan was not allowed to read it"],
      ["FAILED", "the scan failed"],
    ] as const) {
      platform.cloud.faults.add((service) => service === "guardduty", result);
      const { status, reasons } = await analyse(clips.text());
      expect([status, reasons]).to.deep.equal(["QUARANTINED", [`The video could not be scanned for malware: ${why}.`]]);
    }
    expect(await executions()).to.deep.equal(before);
  });

  it("leaves an archive's clean copies for a backfill, and makes a case of a bad one", async () => {
    const before = await executions();
    const clean = await copyIn(readFileSync(clips.plain()));
    const bad = await copyIn(`no video, but ${eicar}`);
    while ((await client.case(bad.caseId)) === undefined) await pause(50);
    expect(await client.settled(bad.caseId, () => undefined)).to.deep.include({ status: "REJECTED" });
    expect(await tagsOf(clean.Key, clean.VersionId)).to.deep.equal({ GuardDutyMalwareScanStatus: "NO_THREATS_FOUND" });
    expect(await client.case(clean.caseId)).to.equal(undefined);
    expect(await executions()).to.deep.equal(before);
  });

  it("keeps a bad image from being decoded, and answers whoever sent it; a key with a name is answered under its digest", async () => {
    const answerUnder = async (Key: string) => {
      for (;;) {
        try {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: processed, Key }));
          return apiError.parse(JSON.parse((await Body?.transformToString()) as string));
        } catch (error) {
          if ((error as Error).name !== "NoSuchKey") throw error;
          await pause(50);
        }
      }
    };
    const [imageId, misnamed] = [randomUUID(), `${droppedImagesPrefix}jane-doe.png`];
    await s3.send(new PutObjectCommand({ Bucket: processed, Key: droppedImageKey(imageId), Body: eicar }));
    await s3.send(new PutObjectCommand({ Bucket: processed, Key: misnamed, Body: "x" }));
    expect((await answerUnder(imageAnswerKey(imageId))).reasons).to.deep.equal(["The scan found malware in the image: EICAR-Test-File (not a virus)."]);
    const digest = createHash("sha256").update(misnamed).digest("hex");
    expect((await answerUnder(`${imageAnswersPrefix}${digest}.json`)).reasons).to.deep.equal([
      "The object's key isn't images/input/{UUID in lower case}, so it isn't read: a key may not hold a name. Delete it.",
    ]);
  });
});
