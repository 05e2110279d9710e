import { spawn } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ListMultipartUploadsCommand, ListObjectsV2Command, ListPartsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { apiError } from "../../contracts/api.ts";
import { arrivedParts, bytesOfPart, endedUpload, signedParts, startedUpload } from "../../contracts/upload.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { unfinishedUpload } from "../../local/cli/unfinished-uploads.ts";
import { root } from "../../local/root.ts";
import { temporaryFolder } from "./support/platform.ts";

const MiB = 2 ** 20;

describe("an upload over HTTP", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: StartedPlatform;
  let s3: S3Client;
  let dataDir: string;

  before(async () => {
    folder = await temporaryFolder();
    dataDir = join(folder.path, "data");
    platform = await StartedPlatform.start(dataDir);
    const { endpoint, region, credentials } = platform.session;
    s3 = new S3Client({ endpoint, region, credentials });
  });
  after(async () => {
    s3?.destroy();
    await platform?.stop();
    await folder?.remove();
  });

  const rawBucket = (): string => platform.session.outputs["rawBucket"] as string;
  const api = async (method: string, path: string, body?: object): Promise<[number, unknown]> => {
    const response = await fetch(`${platform.session.api}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    return [response.status, await response.json()];
  };
  const ok = async (method: string, path: string, body?: object): Promise<unknown> => {
    const [status, answer] = await api(method, path, body);
    expect(status, JSON.stringify(answer)).to.equal(200);
    return answer;
  };
  const begin = async (facts: object) => startedUpload.parse(await ok("POST", "/uploads", { fileName: "operation.mp4", token: randomUUID(), ...facts }));
  const digest = (content: Buffer): string => createHash("sha256").update(content).digest("base64");
  const sign = async (uploadId: string, number: number, content: Buffer) => {
    const answer = await ok("POST", `/uploads/${uploadId}/parts`, { parts: [{ number, sha256: digest(content) }] });
    const [part] = signedParts.parse(answer).parts;
    return part as NonNullable<typeof part>;
  };

  /** The parts of the one upload that is under way. */
  async function partsInS3(): Promise<Map<number, number>> {
    const { Uploads: [upload] = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: rawBucket() }));
    if (upload === undefined) return new Map();
    const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket: rawBucket(), Key: upload.Key as string, UploadId: upload.UploadId as string }));
    return new Map(Parts.map(({ PartNumber, LastModified }) => [PartNumber as number, (LastModified as Date).getTime()]));
  }

  it("that was killed at 40 % goes on, and sends no part twice", async () => {
    const video = join(folder.path, "long.mp4");
    // Twenty parts, the last one shorter: more than one page of the uploader's.
    const size = 19 * 16 * MiB + 5 * MiB;
    writeFileSync(video, randomBytes(16 * MiB));
    for (let part = 2; part <= 20; part++) writeFileSync(video, randomBytes(part === 20 ? 5 * MiB : 16 * MiB), { flag: "a" });
    const command = spawn(process.execPath, [join(root, "local/cli/analyse.ts"), video, "--data", dataDir], { stdio: "ignore" });
    const ended = once(command, "exit");
    while ((await partsInS3()).size < 8) {
      expect(command.exitCode, "the command is still uploading").to.equal(null);
      await new Promise((wake) => setTimeout(wake, 5));
    }
    command.kill("SIGKILL");
    await ended;
    await settledParts();
    const before = await partsInS3();
    expect(before.size, "parts that had arrived").to.be.within(8, 19);

    // The same file again: its token is the one that the killed command left in the data folder.
    const { token, isResumed } = await unfinishedUpload(dataDir, video);
    expect(isResumed).to.equal(true);
    const sent: string[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      if (init?.method === "PUT") sent.push(new URL(String(input)).searchParams.get("partNumber") as string);
      return original(input, init);
    };
    try {
      const progress: number[] = [];
      const caseId = await platform.client.upload(video, (arrived) => progress.push(arrived), { token });
      const missing = Array.from({ length: 20 }, (_, i) => i + 1).filter((number) => !before.has(number));
      expect(sent.map(Number).sort((a, b) => a - b)).to.deep.equal(missing);
      expect(progress.at(-1)).to.equal(size);
      const item = await platform.client.settled(caseId, () => undefined);
      expect(item).to.include({ caseId, fileName: "long.mp4", status: "REJECTED" });
      const { bucket, key } = { bucket: rawBucket(), key: `raw-videos/${caseId}/` };
      const stored = join(folder.path, "stored");
      const { Contents: [object] = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
      await platform.client.download({ bucket, key: object?.Key as string }, stored);
      expect(digest(readFileSync(stored)), "the video as it arrived").to.equal(digest(readFileSync(video)));
    } finally {
      globalThis.fetch = original;
    }
  });

  /** Waits until no part arrives any more. */
  async function settledParts(): Promise<void> {
    for (let last = -1, { size } = await partsInS3(); size !== last; { size } = await partsInS3()) {
      last = size;
      await new Promise((wake) => setTimeout(wake, 300));
    }
  }

  it("keeps what is said of the case, and completes only what is whole", async () => {
    const content = randomBytes(1000);
    const { uploadId, caseId, partCount } = await begin({ bytes: 1000, procedure: "laparoscopic-cholecystectomy", severity: 3 });
    expect(partCount).to.equal(1);
    const [status, answer] = await api("POST", `/uploads/${uploadId}/completion`);
    expect(status).to.equal(400);
    expect(apiError.parse(answer).reasons).to.deep.equal([
      "Of 1 parts 1 is missing: 1.",
      "The parts have 0 bytes together; the video was announced with 1000.",
    ]);
    const shown = (await ok("GET", `/cases/${caseId}`)) as { case: object };
    expect(shown.case).to.include({ status: "UPLOADING", fileName: "operation.mp4", procedure: "laparoscopic-cholecystectomy", severity: 3 });
    const { url, headers } = await sign(uploadId, 1, content);
    const put = await fetch(url, { method: "PUT", headers, body: content });
    expect(put.status, await put.text()).to.equal(200);
    const { parts } = arrivedParts.parse(await ok("GET", `/uploads/${uploadId}/parts`));
    expect(parts).to.deep.equal([{ number: 1, bytes: bytesOfPart(1, 1000), sha256: digest(content) }]);
    for (let time = 0; time < 2; time++) {
      expect(endedUpload.parse(await ok("POST", `/uploads/${uploadId}/completion`))).to.deep.equal({ caseId, uploadId, status: "COMPLETE" });
    }
    const item = await platform.client.settled(caseId, () => undefined);
    expect(item).to.include({ status: "REJECTED", procedure: "laparoscopic-cholecystectomy", severity: 3 });
    expect((await api("DELETE", `/uploads/${uploadId}`))[0]).to.equal(400);
  });

  it("takes through a signed link only the content that it was signed for", async () => {
    const content = randomBytes(1000);
    const { uploadId } = await begin({ bytes: 1000 });
    const { url, headers } = await sign(uploadId, 1, content);
    const put = async (body: Buffer, sent: Record<string, string> = headers) => (await fetch(url, { method: "PUT", headers: sent, body })).status;
    const other = randomBytes(1000);
    expect(await put(other), "other content").to.equal(400);
    expect(await put(other, { "x-amz-checksum-sha256": digest(other) }), "another checksum").to.equal(403);
    expect(await put(content, {}), "no checksum").to.equal(403);
    expect(await put(Buffer.concat([content, content])), "more content").to.equal(403);
    expect(await put(content), "what was signed").to.equal(200);
  });

  it("that is aborted leaves neither parts nor case", async () => {
    const token = randomUUID();
    const { uploadId, caseId } = await begin({ bytes: 1000, token });
    for (let time = 0; time < 2; time++) expect(endedUpload.parse(await ok("DELETE", `/uploads/${uploadId}`)).status).to.equal("ABORTED");
    expect((await api("GET", `/cases/${caseId}`))[0]).to.equal(404);
    const [status, answer] = await api("POST", "/uploads", { fileName: "operation.mp4", bytes: 1000, token });
    expect(status).to.equal(400);
    expect(apiError.parse(answer).reasons[0]).to.include("was aborted");
  });
});
