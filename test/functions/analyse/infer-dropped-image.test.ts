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
  detail: { bucket: { name: bucket }, object: { key, size }, reason: "PutObject" },
});
const batch = (...bodies: unknown[]) => ({
  Records: bodies.map((body, i) => ({ messageId: `m${i}`, body: typeof body === "string" ? body : JSON.stringify(body) })),
});

describe("analyse/infer-dropped-image", () => {
  let objects: Map<string, Uint8Array>;
  let written: [string, unknown][];
  let read: string[];
  let isBusy: boolean;
  const deps: Deps = {
    lake: {
      bucket: "processed",
      bytes: async (key) => {
        read.push(key);
        return objects.get(key) as Uint8Array;
      },
      putJson: async (...object) => void written.push(object),
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
    [written, read, isBusy] = [[], [], false];
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
    ["a key that holds a name", event("images/input/jane-doe.png")],
    ["an image in a folder", event(`images/input/folder/${good}`)],
    ["an answer", event(imageAnswerKey(good))],
    ["another bucket", event(droppedImageKey(good), 100, "raw")],
  ];
  for (const [what, body] of foreign) {
    it(`refuses ${what} alone, answers the rest of the batch`, async () => {
      expect(await handler(batch(body, event(droppedImageKey(good))))).to.deep.equal({ batchItemFailures: [{ itemIdentifier: "m0" }] });
      expect(written.map(([key]) => key)).to.deep.equal([imageAnswerKey(good)]);
    });
  }

  it("tries again where the endpoint is busy, and tells nobody that the image is bad", async () => {
    isBusy = true;
    expect(await handler(batch(event(droppedImageKey(good))))).to.deep.equal({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    expect(written).to.deep.equal([]);
  });
});
