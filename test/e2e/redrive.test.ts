import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import type { DeletionRecord } from "../../contracts/case-deletion.ts";
import { casePrefixes } from "../../contracts/keys.ts";
import { type CaseItem, PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { projectWith, temporaryFolder } from "./support/platform.ts";

describe("redriving and deleting", function () {
  this.timeout(300_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  let analysed: CaseItem | undefined;
  let isClosed = false;

  before(async () => {
    folder = await temporaryFolder();
    // Cases of studies are kept for thirty days, and then go by themselves.
    const config = readFileSync(join(root, "Pulumi.local.yaml"), "utf8");
    const delivered = "cases: { clinical: 0, research: 0 }";
    expect(config).to.include(delivered);
    const sweeping = "cases: { clinical: 0, research: 30 }\n    sweep: { everyDays: 1, classes: [research], most: 5 }";
    const project = projectWith(folder.path, { "Pulumi.local.yaml": config.replace(delivered, sweeping) });
    platform = await openPlatform({ root: project, dataDir: join(folder.path, "data") });
    client = new PlatformClient(platform.session);
  });
  after(async () => {
    if (!isClosed) await platform?.close();
    await folder?.remove();
  });

  it("goes on with a failed analysis in the state that failed, and finds what an undisturbed run finds", async () => {
    const clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    platform.cloud.faults.add((service, job) => service === "mediaconvert" && job.includes("analysis"), "1999: the encoder stopped", 2);
    const failed = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    expect(failed.status).to.equal("FAILED");
    expect(failed.costUsd, "what a failed case has cost").to.equal(0.0025);
    const runId = failed.runId as string;
    expect(await client.execution(runId)).to.deep.include({ status: "FAILED", redriveCount: 0, redrivable: true });

    const redriven = await client.redrive(failed.caseId, runId, () => undefined);
    expect(redriven).to.deep.include({ status: "COMPLETE", reasons: [], runId });
    expect(await client.execution(runId)).to.deep.include({ status: "SUCCEEDED", redriveCount: 1, redrivable: false });
    const states = await client.statesEntered(runId);
    const count = (name: string) => states.filter((state) => state === name).length;
    expect({ Claim: count("Claim"), Probe: count("Probe"), Normalise: count("Normalise") }).to.deep.equal({ Claim: 2, Probe: 1, Normalise: 2 });
    analysed = redriven;
  });

  it("analyses a quarantined case again, and a partial one, from the start and by the same upload, until they are whole", async () => {
    const clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    const { api } = platform.session;
    const again = (id: string) => fetch(`${api}/cases/${id}/analyses`, { method: "POST" });
    const fail = (job: string, times: number) =>
      platform.cloud.faults.add((service, name) => service === "sagemaker" && name.includes(job), "the instance went away", times);

    fail("-gate-", 2);
    const quarantined = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    expect(quarantined.status).to.equal("QUARANTINED");
    expect(quarantined.costUsd, "what a quarantined case has cost: its job ran twice").to.be.at.least(0.0025);
    const { caseId } = quarantined;
    expect((await client.execution(quarantined.runId as string))?.redrivable).to.equal(false);
    fail("-scene-segmentation-", 2);
    const partial = await client.reanalyse(caseId, () => undefined);
    expect([partial.status, partial.runId === quarantined.runId]).to.deep.equal(["PARTIAL", false]);
    const whole = await client.reanalyse(caseId, () => undefined);
    expect(whole).to.deep.include({ status: "COMPLETE", reasons: [] });
    expect(new Set([quarantined, partial, whole].map(({ runId }) => runId)).size).to.equal(3);
    expect((await client.videos()).filter((video) => video.caseId === caseId)).to.have.length(1);
    expect((await again(caseId)).status, "of a whole case").to.equal(400);
    await client.requestDeletion(caseId, "uploaded-in-error");
    expect((await client.deleted(caseId, () => undefined)).status).to.equal("DELETED");
  });

  it("sweeps away the cases whose time has passed, of the class that goes by itself, and records why", async () => {
    const { endpoint, region, credentials, outputs } = platform.session;
    const database = new DynamoDBClient({ endpoint, region, credentials });
    const table = DynamoDBDocumentClient.from(database);
    const text = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).text();
    const uploaded = async (retentionClass: "clinical" | "research") =>
      (await client.settled(await client.upload(text, () => undefined, { retentionClass }), () => undefined)).caseId;
    const [due, young, clinical] = [await uploaded("research"), await uploaded("research"), await uploaded("clinical")];
    const longAgo = new Date(Date.now() - 31 * 86_400_000).toISOString();
    const age = (caseId: string) =>
      table.send(
        new UpdateCommand({
          TableName: outputs["caseTable"] as string,
          Key: { caseId, item: "SUMMARY" },
          UpdateExpression: "SET createdAt = :then",
          ExpressionAttributeValues: { ":then": longAgo },
        }),
      );
    await age(due);
    await age(clinical);
    const lambda = new LambdaClient({ endpoint, region, credentials });
    const sweep = async () => {
      const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: "svp-local-delete-sweep-due-cases" }));
      expect(FunctionError, Buffer.from(Payload ?? []).toString()).to.equal(undefined);
      return JSON.parse(Buffer.from(Payload ?? []).toString());
    };
    expect(await sweep()).to.deep.equal({ startedCount: 1, heldCount: 0, isCut: false });
    const { status, record } = await client.deleted(due, () => undefined);
    expect(status).to.equal("DELETED");
    expect(record).to.deep.include({ reason: "retention-passed", requestedBy: "retention-sweep", retentionClass: "research" });
    expect((record as DeletionRecord).keptUntil).to.equal(new Date(Date.parse(longAgo) + 30 * 86_400_000).toISOString());
    expect((await client.cases()).map(({ caseId }) => caseId)).to.have.members([analysed?.caseId, young, clinical]);
    expect(await sweep()).to.deep.equal({ startedCount: 0, heldCount: 0, isCut: false });
    await age(young);
    expect(await sweep()).to.deep.equal({ startedCount: 1, heldCount: 0, isCut: false });
    expect((await client.deleted(young, () => undefined)).status).to.equal("DELETED");
    await client.requestDeletion(clinical, "uploaded-in-error");
    expect((await client.deleted(clinical, () => undefined)).status).to.equal("DELETED");
    lambda.destroy();
    database.destroy();
  });

  it("deletes an analysed case everywhere, records it, leaves its neighbour as it is, and lets no late event bring it back", async () => {
    const { endpoint, region, credentials, outputs, api } = platform.session;
    const s3 = new S3Client({ endpoint, region, credentials });
    const database = new DynamoDBClient({ endpoint, region, credentials });
    const table = DynamoDBDocumentClient.from(database);
    const [raw, processed, TableName] = [outputs["rawBucket"], outputs["processedBucket"], outputs["caseTable"]] as [string, string, string];
    const { caseId } = analysed as CaseItem;
    const neighbour = "0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f";
    expect(await client.reported(caseId, analysed?.runId as string)).to.equal(true);
    for (const prefix of casePrefixes(neighbour).processed) await s3.send(new PutObjectCommand({ Bucket: processed, Key: `${prefix}kept`, Body: prefix }));
    await s3.send(new PutObjectCommand({ Bucket: processed, Key: `annotations/${caseId}/r/set.json`, Body: "{}" }));
    await s3.send(new DeleteObjectCommand({ Bucket: processed, Key: `annotations/${caseId}/r/set.json` }));
    const open = `raw-videos/${caseId}/${neighbour}/source`;
    await s3.send(new CreateMultipartUploadCommand({ Bucket: raw, Key: open }));
    await table.send(new PutCommand({ TableName, Item: { caseId: neighbour, item: "MEASURES", kept: true } }));

    const listed = async (Bucket: string) => {
      const { Versions = [], DeleteMarkers = [], IsTruncated } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      expect(IsTruncated).not.to.equal(true);
      return [...Versions, ...DeleteMarkers].map((version) => ({
        key: version.Key as string,
        id: version.VersionId,
        etag: "ETag" in version ? version.ETag : undefined,
      }));
    };
    const everything = async () => [...(await listed(raw)), ...(await listed(processed))];
    const items = async (of: string) =>
      (await table.send(new QueryCommand({ TableName, KeyConditionExpression: "caseId = :case", ExpressionAttributeValues: { ":case": of } }))).Items;
    const before = await everything();
    const ownCount = before.filter(({ key }) => key.includes(caseId)).length;
    const ownItems = (await items(caseId))?.length as number;
    expect(ownCount).to.be.above(20);
    expect(ownItems).to.be.above(4);

    const refused = await fetch(`${api}/cases/${caseId}?reason=because`, { method: "DELETE" });
    expect(refused.status).to.equal(400);
    expect(await client.requestDeletion(caseId, "patient-request")).to.include({ status: "RUNNING", reason: "patient-request" });
    const deletion = await client.deleted(caseId, () => undefined);
    expect(deletion).to.include({ status: "DELETED", error: null });
    const record = deletion.record as DeletionRecord;
    const sum = (of: "versionCount" | "markerCount" | "openUploadCount") => record.deleted.prefixes.reduce((total, prefix) => total + prefix[of], 0);
    expect([sum("versionCount") + sum("markerCount"), sum("markerCount"), sum("openUploadCount"), record.deleted.itemCount]).to.deep.equal([
      ...[ownCount, 1, 1, ownItems - 1],
    ]);
    expect(record.remains.map(({ what }) => what)).to.deep.equal(["point-in-time-recovery", "daily-backups", "monthly-backups"]);

    expect(await everything()).to.deep.equal(before.filter(({ key }) => !key.includes(caseId)));
    expect(before.filter(({ key }) => key.includes(neighbour) && !key.includes(caseId))).to.have.length(casePrefixes("").processed.length);
    expect(await items(neighbour)).to.deep.equal([{ caseId: neighbour, item: "MEASURES", kept: true }]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: raw }))).Uploads ?? []).to.deep.equal([]);
    expect(await items(caseId)).to.deep.equal([{ caseId, item: "SUMMARY", status: "DELETED", deletedAt: record.deletedAt }]);
    expect([(await fetch(`${api}/cases/${caseId}`)).status, await client.cases()]).to.deep.equal([404, []]);
    expect((await fetch(`${api}/cases/${caseId}?reason=patient-request`, { method: "DELETE" })).status).to.equal(404);
    expect((await fetch(`${api}/cases/${caseId}/analyses`, { method: "POST" })).status).to.equal(404);

    await s3.send(new PutObjectCommand({ Bucket: raw, Key: open, Body: "late" }));
    const log = join(folder.path, "data/lambda/logs/svp-local-ingest-start-analysis.log");
    for (let waited = 0; !readFileSync(log, "utf8").includes("video of a deleted case left alone") && waited < 60_000; waited += 250) {
      await new Promise((wake) => setTimeout(wake, 250));
    }
    expect(readFileSync(log, "utf8")).to.include("video of a deleted case left alone");
    expect(await items(caseId)).to.have.length(1);
    s3.destroy();
    database.destroy();

    await platform.close();
    isClosed = true;
    const shown = spawnSync(process.execPath, [join(root, "local/cli/cases.ts"), "show", caseId, "--data", join(folder.path, "data")], { encoding: "utf8" });
    expect([shown.status, shown.stderr]).to.deep.equal([0, ""]);
    expect(shown.stdout)
      .to.match(new RegExp(`^Case ${caseId} is deleted: patient-request, asked for at `))
      .and.include(record.deleted.digest);
  });
});

describe("npm run cases", () => {
  const cases = (...args: string[]) => spawnSync(process.execPath, [join(root, "local/cli/cases.ts"), ...args], { encoding: "utf8" });

  it("explains itself and its exit codes", () => {
    const { status, stdout } = cases("--help");
    expect(status).to.equal(0);
    expect(stdout)
      .to.match(/^npm run cases --/)
      .and.match(/exit code/i);
  });

  it("ends with 2 for what it does not know, and without a case", () => {
    expect(cases("polish").stderr).to.include('"polish" is none of list, show, due, delete, redrive, reanalyse.');
    expect(cases().status).to.equal(2);
    expect(cases("show").status).to.equal(2);
    expect(cases("redrive", "--colour").status).to.equal(2);
  });

  it("deletes nothing without a reason of the list, nor where nobody can be asked back", () => {
    const id = "0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f";
    expect(cases("delete", id).stderr).to.include("--reason must be one of retention-passed, patient-request");
    expect(cases("delete", id, "--reason", "because", "--yes").status).to.equal(2);
    expect(cases("delete", id, "--reason", "study-ended").stderr).to.include("add --yes to delete the case for good");
  });

  it("ends with 1 for a case that there is not, and lists none", async () => {
    const folder = await temporaryFolder();
    // A platform each, side by side: most of the time goes into starting them.
    const told = (command: string, ...args: string[]) =>
      new Promise<readonly [status: unknown, stdout: string, stderr: string]>((tell) => {
        const given = [join(root, "local/cli/cases.ts"), command, ...args, "--data", join(folder.path, command)];
        execFile(process.execPath, given, (error, stdout, stderr) => tell([error?.code ?? 0, stdout, stderr]));
      });
    try {
      expect(cases("show", "gallbladder").status).to.equal(2);
      const asked = [told("show", "0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f"), told("list", "--json"), told("due"), told("redrive", "--dead-letters")] as const;
      const [missing, list, due, letters] = await Promise.all(asked);
      expect(missing).to.deep.equal([1, "", "There is no case 0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f.\n"]);
      expect([list[0], JSON.parse(list[1])]).to.deep.equal([0, []]);
      expect(due.slice(0, 2)).to.deep.equal([0, "No case is due.\n"]);
      expect(letters.slice(0, 2)).to.deep.equal([0, "0 uploads are tried again.\n"]);
    } finally {
      await folder.remove();
    }
  });
});
