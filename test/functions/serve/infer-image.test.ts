import { expect } from "chai";
import fc from "fast-check";
import sharp from "sharp";
import { imagePrediction } from "../../../contracts/api.ts";
import { model } from "../../../contracts/model.ts";
import { fitImage, placementOf, toImage } from "../../../functions/runtime/image-inference/fit.ts";
import { createHandler, mostBytes } from "../../../functions/serve/infer-image/handler.ts";
import { digest } from "../support/ids.ts";

const common = {
  version: "1.2.3",
  name: "n",
  sha256: digest,
  dataset: "synthetic",
  syntheticOnly: true,
  subject: "instrument",
  calibration: null,
  input: { name: "image", width: 64, height: 64, fit: "letterbox" },
  threshold: 0.5,
};
const detector = model.parse({
  ...common,
  id: "detector",
  task: "object-detection",
  labels: ["grasper", "hook"],
  outputs: { boxes: "b", scores: "s", classes: "c" },
});

/** A picture: left half red, right half blue. */
const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "blue" } }).composite([
    { input: { create: { width: Math.floor(width / 2), height, channels: 3, background: "red" } }, left: 0, top: 0 },
  ]);
const at = (pixels: Uint8Array, x: number, y: number): number[] => [...pixels.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)];

describe("fitImage", () => {
  const input = { name: "image", width: 64, height: 64, fit: "letterbox" } as const;

  it("centres the picture and leaves the rest black", async () => {
    const { pixels, placement } = await fitImage(await picture(128, 64).png().toBuffer(), input);
    expect(pixels.length).to.equal(64 * 64 * 3);
    expect(placement).to.deep.equal({ image: { width: 128, height: 64 }, scaled: { width: 64, height: 32 }, left: 0, top: 16 });
    expect([at(pixels, 5, 15), at(pixels, 5, 16), at(pixels, 60, 47), at(pixels, 60, 48)]).to.deep.equal([
      [0, 0, 0],
      [255, 0, 0],
      [0, 0, 255],
      [0, 0, 0],
    ]);
  });

  it("fills the input where the network was trained so", async () => {
    const { pixels, placement } = await fitImage(await picture(128, 64).png().toBuffer(), { ...input, fit: "stretch" });
    expect(placement).to.deep.equal({ image: { width: 128, height: 64 }, scaled: { width: 64, height: 64 }, left: 0, top: 0 });
    expect([at(pixels, 0, 0), at(pixels, 63, 63)]).to.deep.equal([
      [255, 0, 0],
      [0, 0, 255],
    ]);
  });

  it("turns the picture as its EXIF orientation says", async () => {
    const { pixels, placement } = await fitImage(await picture(128, 64).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer(), input);
    expect(placement.image).to.deep.equal({ width: 64, height: 128 });
    expect(placement).to.deep.include({ left: 16, top: 0 });
    const [red, , blue] = at(pixels, 32, 5);
    expect(red).to.be.greaterThan(200);
    expect(blue).to.be.lessThan(60);
    expect(at(pixels, 32, 60)[2]).to.be.greaterThan(200);
  });

  it("takes grey, transparent and 16-bit pictures", async () => {
    const grey = await picture(64, 64).greyscale().png().toBuffer();
    const clear = await sharp({ create: { width: 64, height: 64, channels: 4, background: { r: 255, g: 255, b: 255, alpha: 0 } } })
      .png()
      .toBuffer();
    const deep = await sharp(await picture(64, 64).png().toBuffer())
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    for (const bytes of [grey, clear, deep]) expect((await fitImage(bytes, input)).pixels.length).to.equal(64 * 64 * 3);
    expect(at((await fitImage(clear, input)).pixels, 9, 9)).to.deep.equal([0, 0, 0]);
    expect(at((await fitImage(deep, input)).pixels, 9, 9)).to.deep.equal([255, 0, 0]);
  });

  it("maps boxes back to where they were, to within the scale's rounding", () => {
    const side = fc.integer({ min: 1, max: 4000 });
    const fits = fc.constantFrom("letterbox" as const, "stretch" as const);
    fc.assert(
      fc.property(fits, side, side, fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4000 }), side, side, (fit, width, height, x0, y0, w, h) => {
        const image = { width, height };
        const x = x0 % width;
        const y = y0 % height;
        const box = { x, y, width: Math.min(w, width - x), height: Math.min(h, height - y) };
        const placement = placementOf(image, { name: "image", width: 256, height: 256, fit });
        const across = placement.scaled.width / width;
        const down = placement.scaled.height / height;
        const back = toImage(
          { x: box.x * across + placement.left, y: box.y * down + placement.top, width: box.width * across, height: box.height * down },
          placement,
        );
        expect(back).to.deep.equal(box);
      }),
    );
  });

  it("clips boxes to the picture and drops those beside it", () => {
    const placement = placementOf({ width: 128, height: 64 }, input);
    expect(toImage({ x: -4, y: 10, width: 80, height: 12 }, placement)).to.deep.equal({ x: 0, y: 0, width: 128, height: 12 });
    expect(toImage({ x: 10, y: 2, width: 10, height: 10 }, placement)).to.equal(undefined);
  });
});

describe("POST /infer", () => {
  const answer = {
    model: "detector",
    version: "1.2.3",
    digest,
    labels: detector.labels,
    width: 64,
    height: 64,
    boxes: [
      [0, 0.6, 0, 16, 32, 32],
      [1, 0.9, 32, 16, 32, 16],
      [0, 0.4, 0, 16, 8, 8],
    ],
  };
  const sent: Uint8Array[] = [];
  const handler = createHandler({
    model: detector,
    invoke: async (pixels) => {
      sent.push(pixels);
      return JSON.stringify(answer);
    },
  });
  const body = async () => (await picture(128, 64).png().toBuffer()).toString("base64");

  it("gives boxes on the image, surest first, from a binary body and from JSON alike", async () => {
    const binary = await handler({ headers: { "content-type": "image/png" }, body: await body(), isBase64Encoded: true });
    const json = await handler({ headers: { "content-type": "application/json" }, body: JSON.stringify({ image: await body() }) });
    expect(binary.statusCode).to.equal(200);
    expect(json).to.deep.equal(binary);
    expect(sent[0]?.length).to.equal(64 * 64 * 3);
    expect(imagePrediction.parse(JSON.parse(binary.body))).to.deep.equal({
      ...{ model: "detector", version: "1.2.3", digest, syntheticOnly: true, image: { width: 128, height: 64 }, scores: null },
      boxes: [
        { label: "hook", score: 0.9, x: 64, y: 0, width: 64, height: 32 },
        { label: "grasper", score: 0.6, x: 0, y: 0, width: 64, height: 64 },
      ],
    });
  });

  it("gives every label's score of a classifying network", async () => {
    const classifier = model.parse({ ...common, id: "gate", task: "frame-classification", labels: ["in-body", "out-of-body"], outputs: { scores: "s" } });
    const classify = createHandler({ model: classifier, invoke: async () => JSON.stringify({ model: "gate", version: "1.2.3", digest, scores: [0.9, 0.1] }) });
    const { scores, boxes } = imagePrediction.parse(JSON.parse((await classify({ headers: {}, body: await body(), isBase64Encoded: true })).body));
    expect(scores).to.deep.equal([
      { label: "in-body", score: 0.9 },
      { label: "out-of-body", score: 0.1 },
    ]);
    expect(boxes).to.equal(null);
  });

  const json = { "content-type": "application/json" };
  const refused: [string, object, RegExp][] = [
    ["no body", { headers: {} }, /^The body is empty; it must be an image\.$/],
    ["text", { headers: {}, body: "hello" }, /^This isn't an image that can be decoded: /],
    ["broken JSON", { headers: json, body: "{" }, /^The body isn't JSON, as its content type says\.$/],
    ["JSON without an image", { headers: json, body: '{"picture":"aGk="}' }, /^image: /],
    [
      "more than Lambda lets through once it is encoded",
      { headers: {}, body: "A".repeat(4_669_441) },
      /^The image has 4669441 bytes; at most 4669440 are taken, since a request has 6 MB with its image encoded\. Put larger ones into the bucket/,
    ],
  ];
  it("takes no image whose event Lambda would not let through", () => {
    const image = Buffer.alloc(mostBytes, 255).toString("base64");
    const event = (body: string, isBase64Encoded: boolean) =>
      Buffer.byteLength(
        JSON.stringify({ version: "2.0", headers: { "x-everything": "h".repeat(10_240) }, claims: { token: "c".repeat(10_240) }, body, isBase64Encoded }),
      );
    for (const bytes of [event(image, true), event(JSON.stringify({ image }), false)]) {
      expect(bytes).to.be.below(6 * 2 ** 20);
      expect(bytes, "and hardly any less").to.be.above(6 * 2 ** 20 - 64 * 2 ** 10);
    }
  });

  for (const [what, request, reason] of refused) {
    it(`refuses ${what}`, async () => {
      const { statusCode, body: text } = await handler(request);
      expect(statusCode).to.equal(400);
      expect(JSON.parse(text).reasons[0]).to.match(reason);
    });
  }
});
