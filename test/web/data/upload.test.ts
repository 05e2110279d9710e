import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import { bytesOfPart, partsOf } from "../../../contracts/upload-parts.ts";
import { Refusal } from "../../../web/data/api.ts";
import { fingerprintOf } from "../../../web/data/upload/fingerprint.ts";
import type { PutAnswer } from "../../../web/data/upload/put-part.ts";
import type { UploadRecord, UploadRecords } from "../../../web/data/upload/records.ts";
import { Speed } from "../../../web/data/upload/speed.ts";
import { Uploader } from "../../../web/data/upload/uploader.ts";

const MiB = 2 ** 20;
const uploadId = "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3";
const caseId = "8aba3329-714b-83a9-a0e3-f6ac0df5a5ad";
const content = randomBytes(5 * 16 * MiB + 1000);
const file = new Blob([content]);
const name = "Jane Doe.mp4";
const digest = (number: number) =>
  createHash("sha256")
    .update(content.subarray((number - 1) * 16 * MiB, (number - 1) * 16 * MiB + bytesOfPart(number, content.length)))
    .digest("base64");

/** A platform that keeps what arrives, and lets a test answer for the storage. */
function platform() {
  const calls: string[] = [];
  const arrived = new Map<number, string>();
  const records = new Map<string, UploadRecord>();
  const puts: number[] = [];
  const told: { most: number; now: number; isComplete: boolean; refusal?: Refusal | undefined } = { most: 0, now: 0, isComplete: false };
  const store: UploadRecords = {
    all: async () => [...records.values()],
    get: async (fingerprint) => records.get(fingerprint),
    put: async (record) => void records.set(record.fingerprint, record),
    remove: async (fingerprint) => void records.delete(fingerprint),
  };
  const uploader = (answer: (number: number, attempt: number) => Promise<PutAnswer> = async () => ({ status: 200, body: "" })) =>
    new Uploader({
      api: {
        startUpload: async ({ fileName, bytes, token }) => {
          calls.push(`start ${fileName} ${bytes} ${token.length}`);
          return { caseId, uploadId, ...partsOf(bytes) };
        },
        arrivedParts: async () => {
          if (told.refusal) throw told.refusal;
          return {
            ...{ caseId, uploadId, ...partsOf(content.length), bytes: content.length, isComplete: told.isComplete },
            parts: [...arrived].map(([number, sha256]) => ({ number, sha256, bytes: bytesOfPart(number, content.length) })),
          };
        },
        signParts: async (_id, parts) => {
          calls.push(`sign ${parts.map(({ number }) => number).join(" ")}`);
          for (const { number, sha256 } of parts) expect(sha256).to.equal(digest(number));
          return {
            parts: parts.map(({ number, sha256 }) => ({ number, url: `https://s3/${number}`, headers: { sha256 } })),
            expiresAt: "2026-11-26T00:00:00Z",
          };
        },
        completeUpload: async () => {
          calls.push("complete");
          return { caseId, uploadId, status: "COMPLETE" };
        },
        abortUpload: async () => {
          calls.push("abort");
          return { caseId, uploadId, status: "ABORTED" };
        },
      },
      records: store,
      put: async ({ url, headers }, part, { signal }) => {
        const number = Number(url.split("/").at(-1));
        puts.push(number);
        told.most = Math.max(told.most, ++told.now);
        const answered = await answer(number, puts.filter((one) => one === number).length).finally(() => told.now--);
        signal.throwIfAborted();
        expect(part.size).to.equal(bytesOfPart(number, content.length));
        if (answered.status === 200) arrived.set(number, headers["sha256"] as string);
        return answered;
      },
      file,
      fileName: name,
      facts: { severity: 3 },
      random: () => 0.5,
      wait: async (milliseconds) => void calls.push(`wait ${milliseconds}`),
    });
  return { calls, arrived, records, puts, told, uploader };
}

describe("Uploader", () => {
  it("sends every part once, four at a time, each with its digest, and forgets the upload", async () => {
    const { uploader, calls, arrived, records, puts, told } = platform();
    const made = uploader(async () => {
      await new Promise((wake) => setTimeout(wake, 5));
      return { status: 200, body: "" };
    });
    await made.run();
    expect(made.state).to.deep.include({ phase: "done", arrived: content.length, retries: 0, caseId, error: null });
    expect([...puts].sort()).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(told.most).to.equal(4);
    expect(calls).to.deep.equal([`start ${name} ${content.length} 36`, "sign 1 2 3 4", "sign 5 6", "complete"]);
    expect([...arrived].sort(([a], [b]) => a - b).map(([, sha256]) => sha256)).to.deep.equal([1, 2, 3, 4, 5, 6].map(digest));
    expect(records.size).to.equal(0);
  });

  it("remembers an upload without the file's name, and another page goes on with what is missing", async () => {
    const first = platform();
    const made = first.uploader(async (number) => {
      if (number > 3) await new Promise(() => undefined);
      return { status: 200, body: "" };
    });
    void made.run();
    while (first.arrived.size < 3 || !first.calls.includes("sign 5 6")) await new Promise((wake) => setTimeout(wake, 5));
    made.pause();
    expect(made.state).to.deep.include({ phase: "paused", arrived: 3 * 16 * MiB });
    const [record] = [...first.records.values()];
    expect(Object.keys(record ?? {}).sort()).to.deep.equal(["bytes", "caseId", "fingerprint", "token", "uploadId"]);
    expect(JSON.stringify(record)).to.not.include("Jane");

    first.puts.length = 0;
    first.calls.length = 0;
    const again = first.uploader();
    await again.run();
    expect(again.state.phase).to.equal("done");
    expect([...first.puts].sort()).to.deep.equal([4, 5, 6]);
    expect(first.calls).to.deep.equal(["sign 4 5 6", "complete"]);
  });

  it("sends a part again that arrived otherwise than it is in the file", async () => {
    const { uploader, arrived, puts } = platform();
    arrived.set(1, digest(1)).set(2, digest(1));
    await uploader().run();
    expect([...puts].sort()).to.deep.equal([2, 3, 4, 5, 6]);
  });

  it("tries again what may pass, with growing pauses and a new link", async () => {
    const { uploader, calls } = platform();
    const made = uploader(async (number, attempt) => {
      if (number === 2 && attempt === 1) return { status: 503, body: "" };
      if (number === 2 && attempt === 2) throw new TypeError("The storage can't be reached.");
      return { status: 200, body: "" };
    });
    await made.run();
    expect(made.state).to.deep.include({ phase: "done", retries: 2 });
    expect(calls.filter((call) => /^(wait|sign 2$)/.test(call))).to.deep.equal(["wait 500", "sign 2", "wait 1000", "sign 2"]);
  });

  it("gives up on what does not pass, with the storage's reason, and can go on later", async () => {
    const { uploader, puts } = platform();
    const made = uploader(async (number, attempt) =>
      number === 1 && attempt === 1 ? { status: 400, body: "<Error><Message>No good.</Message></Error>" } : { status: 200, body: "" },
    );
    await made.run();
    const { message, reasons } = made.state.error as Refusal;
    expect([made.state.phase, message, reasons.length, reasons[1]]).to.deep.equal(["failed", "The storage answered 400. No good.", 2, "No good."]);
    await made.run();
    expect(made.state).to.deep.include({ phase: "done", error: null });
    expect(puts.filter((number) => number === 1).length).to.equal(2);
  });

  it("says what the storage answered where that gives no reason", async () => {
    const made = platform().uploader(async () => ({ status: 403, body: "<Error><Message></Message></Error>" }));
    await made.run();
    const { message, reasons } = made.state.error as Refusal;
    expect([message, reasons.length]).to.deep.equal(["The storage answered 403.", 1]);
  });

  it("only puts together what has arrived whole", async () => {
    const { uploader, told, puts, calls } = platform();
    told.isComplete = true;
    await uploader().run();
    expect([puts, calls.at(-1)]).to.deep.equal([[], "complete"]);
  });

  it("begins anew at the next try where it was given up elsewhere, or is too old", async () => {
    for (const status of [400, 404]) {
      const { uploader, told, puts, records } = platform();
      told.refusal = new Refusal(status, ["This upload was aborted."]);
      const made = uploader();
      await made.run();
      expect([made.state.phase, records.size, puts]).to.deep.equal(["failed", 0, []]);
      told.refusal = undefined;
      await made.run();
      expect([made.state.phase, puts.length]).to.deep.equal(["done", 6]);
    }
  });

  it("has what arrived deleted when it is given up", async () => {
    const { uploader, calls, records } = platform();
    const made = uploader(() => new Promise(() => undefined));
    void made.run();
    while (!calls.includes("sign 1 2 3 4")) await new Promise((wake) => setTimeout(wake, 5));
    await made.abort();
    expect([made.state.phase, calls.at(-1), records.size]).to.deep.equal(["aborted", "abort", 0]);
  });
});

describe("a file's fingerprint", () => {
  it("depends on both ends and the size", async () => {
    const start = randomBytes(3 * MiB);
    const of = (bytes: Uint8Array<ArrayBuffer>) => fingerprintOf(new Blob([bytes]));
    const first = await of(start);
    expect(first).to.match(/^[0-9a-f]{64}$/);
    expect(await of(start)).to.equal(first);
    for (const at of [0, start.length - 1]) {
      const other = Uint8Array.from(start);
      other[at] = 255 - (other[at] as number);
      expect(await of(other)).to.not.equal(first);
    }
    expect(await of(new Uint8Array([...start.subarray(0, MiB), 0, ...start.subarray(MiB)]))).to.not.equal(first);
  });
});

describe("Speed", () => {
  it("is told over the last ten seconds, once one has passed", () => {
    const speed = new Speed();
    expect([speed.after(0, 0), speed.after(500, 10), speed.after(1000, 1000)]).to.deep.equal([null, null, 1000]);
    for (let at = 2000; at <= 12_000; at += 1000) speed.after(at, 1000 + 500 * (at / 1000 - 1));
    expect(speed.after(13_000, 7000)).to.equal(500);
    expect(speed.after(14_000, 0)).to.equal(0);
  });
});
