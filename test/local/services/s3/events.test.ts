import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, PutObjectTaggingCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { expect } from "chai";
import { createIam } from "../../../../local/services/iam/iam.ts";
import type { BusEvent } from "../../../../local/services/seams.ts";
import { accountId, type Fixture, startS3, until } from "./fixture.ts";

describe("events of S3", () => {
  let s3: Fixture;
  beforeEach(async () => {
    s3 = await startS3();
  });
  afterEach(() => s3.close());

  it("tell of a new object as EventBridge has them", async () => {
    const { VersionId, $metadata } = await s3.client().send(new PutObjectCommand({ Bucket: "lake", Key: "raw/a b", Body: "123456789" }));
    await until(() => s3.events.length === 1);
    const [event] = s3.events as [BusEvent];
    expect(event.id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(event.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect({ ...event, id: "", time: "" }).to.deep.equal({
      id: "",
      source: "aws.s3",
      "detail-type": "Object Created",
      account: accountId,
      region: "us-east-1",
      time: "",
      resources: ["arn:aws:s3:::lake"],
      detail: {
        version: "0",
        bucket: { name: "lake" },
        object: { key: "raw/a b", size: 9, etag: "25f9e794323b453885f5181f1b624d0b", "version-id": VersionId, sequencer: "000000000000000001" },
        "request-id": $metadata.requestId,
        requester: accountId,
        "source-ip-address": "127.0.0.1",
        reason: "PutObject",
      },
    });
  });

  it("come in order, with rising sequencers, for whatever changes an object of a bucket that sends them", async () => {
    const client = s3.client();
    const at = { Bucket: "lake", Key: "k" };
    await client.send(new PutObjectCommand({ Bucket: "plain", Key: "silent", Body: "x" }));
    await new Upload({ client, params: { ...at, Body: randomBytes(6 * 2 ** 20) }, partSize: 5 * 2 ** 20 }).done();
    await s3.s3.put(s3.iam.administrator.caller, "lake", "k", { data: "x" });
    await client.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }));
    await client.send(new DeleteObjectCommand(at));
    await until(() => s3.events.length === 4);
    const detail = s3.events.map((event) => event.detail as { reason?: string; "deletion-type"?: string; object: { sequencer?: string } });
    expect(s3.events.map((event, i) => [event["detail-type"], detail[i]?.reason, detail[i]?.["deletion-type"]])).to.deep.equal([
      ["Object Created", "CompleteMultipartUpload", undefined],
      ["Object Created", "PutObject", undefined],
      ["Object Tags Added", undefined, undefined],
      ["Object Deleted", "DeleteObject", "Delete Marker Created"],
    ]);
    const sequencers = detail.flatMap(({ object }) => object.sequencer ?? []);
    expect([...sequencers].sort())
      .to.deep.equal(sequencers)
      .and.have.length(3);
  });

  it("are delivered again until the bus takes them", async () => {
    let attempts = 0;
    s3.publish = async (event) => {
      if (++attempts < 3) throw new Error("the bus is away");
      s3.events.push(event);
    };
    await s3.client().send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "x" }));
    await until(() => s3.events.length === 1);
    expect([attempts, s3.lines.filter((line) => line.includes("the bus is away")).length]).to.deep.equal([3, 2]);
  });

  it("are delivered after a restart if the bus never took them", async () => {
    const seen: string[] = [];
    s3.publish = async (event) => {
      seen.push(event.id);
      throw new Error("the bus is away");
    };
    await s3.client().send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "x" }));
    await until(() => seen.length > 0);
    s3.publish = async (event) => void s3.events.push(event);
    await s3.restart();
    await until(() => s3.events.length === 1);
    expect(s3.events[0]?.id).to.equal(seen[0]);
  });
});

describe("S3 killed at any point", () => {
  const dir = mkdtempSync(join(tmpdir(), "s3-kill-"));
  const { credentials } = createIam({ accountId }).administrator;
  /** Keys of the events that all processes delivered. */
  const delivered: string[] = [];
  let child: ChildProcess;
  let client: S3Client;

  async function start(): Promise<void> {
    child = spawn(process.execPath, [join(import.meta.dirname, "serve.ts"), dir], { stdio: ["ignore", "pipe", "inherit"] });
    const endpoint = await new Promise<string>((resolve) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => (line.startsWith("http:") ? resolve(line) : delivered.push(line)));
    });
    client = new S3Client({ region: "us-east-1", endpoint, credentials, maxAttempts: 1 });
  }
  async function kill(): Promise<void> {
    client.destroy();
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  before(start);
  after(async () => {
    await kill();
    rmSync(dir, { recursive: true });
  });

  it("has each object whole, as it was or as it became, and every event of what was accepted", async () => {
    const contents = [1, 2, 3].map((n) => Buffer.alloc(2 ** 20, n));
    const accepted = new Map<string, number>();
    let writes = 0;
    for (const [round, content] of contents.entries()) {
      // Several writes are under way when the process dies; how far each came is left to chance.
      const before = writes;
      const ended = Promise.allSettled(
        ["a", "b", "c", "d"].map(async (Key) => {
          await client.send(new PutObjectCommand({ Bucket: "lake", Key, Body: content }));
          accepted.set(Key, round);
          writes++;
        }),
      );
      await until(() => writes > before + round);
      await kill();
      await ended;
      if (round === 0) {
        mkdirSync(join(dir, "blobs", "00"), { recursive: true });
        writeFileSync(join(dir, "blobs", "00", "00orphan"), "bytes that no transaction came to name");
      }
      await start();
      for (const [Key, atLeast] of accepted) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: "lake", Key }));
        const bytes = Buffer.from((await Body?.transformToByteArray()) as Uint8Array);
        expect(
          contents.findIndex((candidate) => candidate.equals(bytes)),
          Key,
        ).to.be.within(atLeast, round);
      }
    }
    await until(() => delivered.length >= writes);
    const files = readdirSync(join(dir, "blobs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).to.equal(new Set(delivered).size);
  });
});
