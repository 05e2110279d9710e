import { createHash } from "node:crypto";
import { expect } from "chai";
import sharp from "sharp";
import { apiError, imagePrediction } from "../../../contracts/api.ts";
import { droppedImageKey, imageAnswerKey } from "../../../contracts/keys.ts";
import { createHandler, type Deps } from "../../../functions/analyse/infer-dropped-image/handler.ts";
import { TryAgain } from "../../../functions/runtime/errors.ts";
import { detector } from "../../components/parts.ts";
import { digest } from "../support/ids.ts";

const [good, broken, ...others] = Array.from({ length: 9 }, (_, i) => `00000000-0000-4000-8000-00000000000${i}`) as [string, string, ...string[]];
const mostBytes = 32 * 2 ** 20;
const event = (key: string, size = 100, bucket = "processed") => ({
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: { bucket: { name: bucket }, object: { key, size, "version-id": "v1" }, reason: "PutObject" },
});
const scan = (key: string, scanResultStatus: string, threats: object[] | null = null, change: object = {}) => ({
  time: "2026-11-26T10:00:00Z",
  source: "aws.guardduty",
  "detail-type": "GuardDuty Malware Protection Object Scan Result",
  detail: { s3ObjectDetails: { bucketName: "processed", objectKey: key, versionId: "v1", ...change }, scanResultDetails: { scanResultStatus, threats } },
});
const batch = (...bodies: unknown[]) => ({
  Records: bodies.map((body, i) => ({ messageId: `m${i}`, body: typeof body === "string" ? body : JSON.stringify(body) })),
});

describe("analyse/infer-dropped-image", () => {
  let objects: Map<string, Uint8Array>;
  let sizes: Map<string, number>;
  let written: [string, unknown][];
  let read: string[];
  let isBusy: boolean;
  const deps: Deps = {
    startAfter: "upload",
    lake: { bucket: "processed", putJson: async (...object) => void written.push(object) },
    images: {
      size: async (key) => sizes.get(key) ?? (objects.get(key) as Uint8Array).length,
      read: async (key, versionId) => {
        read.push(key);
        expect(versionId).to.equal("v1");
        return objects.get(key) as Uint8Array;
      },
    },
    network: {
      model: detector,
      invoke: async (pixels) => {
        if (isBusy) throw new TryAgain("busy");
        expect(pixels.length).to.equal(256 * 256 * 3);
        return JSON.stringify({ model: detector.id, version: "1.0.0", digest, boxes: [[0, 0.9, 128, 0, 128, 256]] });
      },
    },
  };
  const handler = createHandler(deps);
  before(async () => {
    const image = await sharp({ create: { width: 64, height: 32, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    objects = new Map([
      [droppedImageKey(good), image],
      [droppedImageKey(broken), image.subarray(0, 60)],
    ]);
  });
  beforeEach(() => {
    [written, read, isBusy, sizes] = [[], [], false, new Map()];
  });

  it("answers an image under its own id, and the same event with the same answer", async () => {
    expect(await handler(batch(event(droppedImageKey(good)), event(droppedImageKey(good))))).to.deep.equal({ batchItemFailures: [] });
    const [first, second] = written;
    expect(first).to.deep.equal(second);
    expect(first?.[0]).to.equal(`images/output/${good}.json`);
    expect(imagePrediction.parse(first?.[1])).to.deep.equal({
      ...{ model: detector.id, version: "1.0.0", digest, syntheticOnly: true, image: { width: 64, height: 32 }, scores: null },
      boxes: [{ label: "grasper", score: 0.9, x: 32, y: 0, width: 32, height: 32 }],
    });
  });

  it("answers a bad image with what is wrong with it", async () => {
    const [empty, huge] = others as [string, string];
    const events = [event(droppedImageKey(broken)), event(droppedImageKey(empty), 0), event(droppedImageKey(huge), mostBytes + 1)];
    expect(await handler(batch(...events))).to.deep.equal({ batchItemFailures: [] });
    expect(written.map(([key]) => key)).to.deep.equal([broken, empty, huge].map(imageAnswerKey));
    const reasons = written.map(([, answer]) => apiError.parse(answer)).map(({ title, reasons: [reason, ...more] }) => [title, reason, more.length] as const);
    expect(reasons[0]?.[1]).to.match(/^This isn't an image that can be decoded: /);
    expect(reasons.slice(1)).to.deep.equal([
      ["Bad Request", "The image is empty.", 0],
      ["Bad Request", "The image has 33554433 bytes; at most 33554432 are taken.", 0],
    ]);
    expect(read, "what is too large isn't even read").to.deep.equal([droppedImageKey(broken)]);
  });

  it("reads an image of exactly the most bytes", async () => {
    await handler(batch(event(droppedImageKey(good), mostBytes)));
    expect(written).to.have.length(1);
  });

  const foreign: [string, unknown][] = [
    ["no JSON", "{"],
    ["another event", { source: "aws.s3", "detail-type": "Object Deleted" }],
    ["an answer", event(imageAnswerKey(good))],
    ["another bucket", event(droppedImageKey(good), 100, "raw")],
  ];
  for (const [what, body] of foreign) {
    it(`refuses ${what} alone, answers the rest of the batch`, async () => {
      expect(await handler(batch(body, event(droppedImageKey(good))))).to.deep.equal({ batchItemFailures: [{ itemIdentifier: "m0" }] });
      expect(written.map(([key]) => key)).to.deep.equal([imageAnswerKey(good)]);
    });
  }

  const misnamed = "The object's key isn't images/input/{UUID in lower case}, so it isn't read: a key may not hold a name. Delete it.";

  it("answers a key that is no UUID under its digest, and never reads what lies there", async () => {
    const keys = ["images/input/jane-doe.png", `images/input/folder/${good}`, `images/input/${good.toUpperCase().replace("8000", "A000")}`];
    expect(await handler(batch(...keys.map((key) => event(key))))).to.deep.equal({ batchItemFailures: [] });
    expect(written.map(([key]) => key)).to.deep.equal(keys.map((key) => `images/output/${createHash("sha256").update(key).digest("hex")}.json`));
    for (const [, answer] of written) expect(apiError.parse(answer)).to.deep.include({ status: 400, reasons: [misnamed] });
    expect(read).to.deep.equal([]);
  });

  describe("after the scan for malware", () => {
    const afterScan = createHandler({ ...deps, startAfter: "scan" });

    it("answers a clean image, whose size is asked for", async () => {
      expect(await afterScan(batch(scan(droppedImageKey(good), "NO_THREATS_FOUND")))).to.deep.equal({ batchItemFailures: [] });
      expect(written.map(([key]) => key)).to.deep.equal([imageAnswerKey(good)]);
      expect(imagePrediction.parse(written[0]?.[1]).image).to.deep.equal({ width: 64, height: 32 });
      sizes.set(droppedImageKey(good), mostBytes + 1);
      await afterScan(batch(scan(droppedImageKey(good), "NO_THREATS_FOUND")));
      expect(apiError.parse(written[1]?.[1]).reasons).to.deep.equal(["The image has 33554433 bytes; at most 33554432 are taken."]);
      expect(read).to.deep.equal([droppedImageKey(good)]);
    });

    it("answers any other by the reason, and never reads it", async () => {
      const results = [
        scan(droppedImageKey(good), "THREATS_FOUND", [{ name: "EICAR-Test-File (not a virus)" }]),
        ...["UNSUPPORTED", "ACCESS_DENIED", "FAILED"].map((status) => scan(droppedImageKey(good), status)),
        scan("images/input/jane-doe.png", "THREATS_FOUND"),
      ];
      expect(await afterScan(batch(...results))).to.deep.equal({ batchItemFailures: [] });
      const unscanned = "The image could not be scanned for malware:";
      expect(written.map(([, answer]) => apiError.parse(answer).reasons)).to.deep.equal([
        ["The scan found malware in the image: EICAR-Test-File (not a virus)."],
        [`${unscanned} it is larger than the scan takes, or encrypted or packed so that it can't look inside.`],
        [`${unscanned} the scan was not allowed to read it.`],
        [`${unscanned} the scan failed.`],
        [misnamed, "The scan found malware in the image."],
      ]);
      expect(written.slice(0, 4).map(([key]) => key)).to.deep.equal(Array(4).fill(imageAnswerKey(good)));
      expect(read).to.deep.equal([]);
    });

    it("takes no other event: an arrival alone lets nothing in, nor a result without a version", async () => {
      const bodies = [
        event(droppedImageKey(good)),
        scan(droppedImageKey(good), "CLEAN"),
        scan(droppedImageKey(good), "NO_THREATS_FOUND", null, { versionId: null }),
      ];
      expect((await afterScan(batch(...bodies))).batchItemFailures).to.have.length(3);
      expect((await handler(batch(scan(droppedImageKey(good), "NO_THREATS_FOUND")))).batchItemFailures).to.have.length(1);
      expect([written, read]).to.deep.equal([[], []]);
    });
  });

  it("tries again where the endpoint is busy, and tells nobody that the image is bad", async () => {
    isBusy = true;
    expect(await handler(batch(event(droppedImageKey(good))))).to.deep.equal({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    expect(written).to.deep.equal([]);
  });
});
