import { expect } from "chai";
import fc from "fast-check";
import type { Gate } from "../../../contracts/gate.ts";
import { gateKey, reviewRenditionKey, sourceIndexKey } from "../../../contracts/keys.ts";
import type { SourceIndex } from "../../../contracts/media.ts";
import { coversOf, reviewSettings, timecodeOf } from "../../../functions/prepare/plan-review/core.ts";
import { createHandler } from "../../../functions/prepare/plan-review/handler.ts";
import { boxFor, fitWithin } from "../../../functions/prepare/renditions.ts";
import { parseJobSettings } from "../../../local/services/mediaconvert/settings.ts";
import { coverOf, timecodeFrame } from "../../../local/services/mediaconvert/video-filters.ts";
import { caseId, digest, request, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";
import { indexOf } from "../support/source-index.ts";

const producer = {
  id: "out-of-body",
  kind: "model",
  name: "Out of body",
  version: "1.0.0",
  digest,
  dataset: "synthetic",
  threshold: 0.5,
  calibration: null,
  syntheticOnly: true,
};

async function plan(video: Parameters<typeof indexOf>[0], outOfBody: object[], text: object[] = [], more: Partial<SourceIndex> = {}) {
  const lake = memoryLake();
  await lake.putJson(sourceIndexKey(caseId, runId), { ...indexOf(video), ...more });
  await lake.putJson(gateKey(caseId, runId), {
    schema: "gate/1.1",
    producer,
    outOfBody,
    text,
    pictures: null,
    missedEstimate: null,
    framesDone: 10,
    frameCount: 250,
  });
  const handler = createHandler({ lake, processedKeyArn: "arn:aws:kms:eu-central-1:1:key/k", coverImageUri: "s3://processed/assets/cover.png" });
  return parseJobSettings((await handler({ caseId, runId, request })).settings);
}
const pictureOf = (settings: Awaited<ReturnType<typeof plan>>) => settings.OutputGroups[0]?.Outputs[0]?.VideoDescription as unknown as Record<string, unknown>;

describe("prepare/plan-review", () => {
  it("renders the copy of a source that was converted", async () => {
    const converted = { container: "avi", codec: "mpeg4", timing: "derived", wallSeconds: 60 } as const;
    const [input] = (await plan({}, [], [], { converted })).Inputs;
    expect(input?.FileInput).to.equal(`s3://processed/converted-videos/${caseId}/${runId}/video.mp4`);
  });

  it("makes a 1080p MP4 where the platform looks for it", async () => {
    const settings = await plan({}, []);
    const group = settings.OutputGroups[0]?.OutputGroupSettings as unknown as { FileGroupSettings: { Destination: string } };
    expect(`${group.FileGroupSettings.Destination}.mp4`).to.equal(`s3://processed/${reviewRenditionKey(caseId, runId)}`);
    expect(settings.Inputs[0]).to.deep.equal({ FileInput: `s3://raw/${request.source.key}`, TimecodeSource: "ZEROBASED", VideoSelector: { Rotate: "AUTO" } });
    const picture = pictureOf(settings);
    expect(picture).to.deep.include({ Width: 1920, Height: 1080 });
    expect((picture["CodecSettings"] as { H264Settings: object }).H264Settings).to.deep.include({
      GopSize: 0.5,
      GopClosedCadence: 1,
      NumberBFramesBetweenReferenceFrames: 2,
      FramerateNumerator: 25,
      FramerateDenominator: 1,
    });
    expect(picture["VideoPreprocessors"]).not.to.have.property("ImageInserter");
  });

  it("stays below the 10 GB that Rekognition takes, however long the video is", async () => {
    const rateOf = async (seconds: number): Promise<number> => {
      const { CodecSettings } = pictureOf(await plan({ durationTicks: seconds * 12_800 }, [])) as { CodecSettings: { H264Settings: { MaxBitrate: number } } };
      return CodecSettings.H264Settings.MaxBitrate;
    };
    expect(await rateOf(10)).to.equal(8_000_000);
    expect(await rateOf(9500)).to.equal(8_000_000);
    expect(await rateOf(9501)).to.equal(7_999_157);
    expect(await rateOf(6 * 3600)).to.equal(3_518_518);
    for (const seconds of [9500, 9501, 4 * 3600, 6 * 3600]) {
      // Beside the pictures: what MP4 notes of each of 60 frames a second is less than 32 bytes.
      const bytes = ((await rateOf(seconds)) / 8 + 60 * 32) * seconds;
      expect(bytes).to.be.within(9e9, 10e9);
    }
  });

  it("covers exactly the spans outside the patient", async () => {
    const rate = { num: 30000, den: 1001 };
    const spans = [
      { startFrame: 0, endFrame: 31, score: 0.9 },
      { startFrame: 2000, endFrame: 2001, score: 0.8 },
    ];
    const settings = await plan({ nominalFrameRate: rate, width: 4096, height: 3072 }, spans);
    const images = (pictureOf(settings)["VideoPreprocessors"] as { ImageInserter: { InsertableImages: Parameters<typeof coverOf>[0][] } }).ImageInserter
      .InsertableImages;
    expect(images.map((image) => coverOf(image, rate))).to.deep.equal(
      spans.map(({ startFrame, endFrame }) => ({ image: "s3://processed/assets/cover.png", x: 0, y: 0, width: 1440, height: 1080, startFrame, endFrame })),
    );
    expect(images.map(({ Width, Height, Opacity, StartTime, Layer }) => ({ Width, Height, Opacity, StartTime, Layer }))).to.deep.equal([
      { Width: 1440, Height: 1080, Opacity: 100, StartTime: "00:00:00:00", Layer: 0 },
      { Width: 1440, Height: 1080, Opacity: 100, StartTime: "00:01:06:20", Layer: 0 },
    ]);
  });

  it("covers regions with text, outwards to even pixels and inside the picture", async () => {
    const text = [
      { startFrame: 0, endFrame: 250, x: 0.0105, y: 0.02, width: 0.2, height: 0.0501, score: 0.9 },
      { startFrame: 250, endFrame: 300, x: 0.9, y: 0.999, width: 0.1, height: 0.001, score: 0.9 },
    ];
    const settings = await plan({ width: 1280, height: 720 }, [{ startFrame: 100, endFrame: 110, score: 1 }], text);
    const images = (pictureOf(settings)["VideoPreprocessors"] as { ImageInserter: { InsertableImages: Parameters<typeof coverOf>[0][] } }).ImageInserter
      .InsertableImages;
    expect(images.map(({ ImageX, ImageY, Width, Height, Layer }) => [ImageX, ImageY, Width, Height, Layer])).to.deep.equal([
      [0, 0, 1280, 720, 1],
      [12, 14, 258, 38, 0],
      [1152, 718, 128, 2, 1],
    ]);
  });

  const share = fc.integer({ min: 0, max: 50 }).map((n) => n / 100);
  const startFrame = fc.integer({ min: 0, max: 6 * 3600 * 60 });
  const spans = fc
    .array(fc.tuple(startFrame, fc.integer({ min: 1, max: 600 })), { maxLength: 2000, size: "max" })
    .map((pairs) => pairs.map(([start, length]) => ({ startFrame: start, endFrame: start + length, score: 1 })));
  const regions = fc
    .array(fc.tuple(startFrame, fc.integer({ min: 1, max: 1_000_000 }), share, share), { maxLength: 200, size: "max" })
    .map((found) => found.map(([start, length, x, y]) => ({ startFrame: start, endFrame: start + length, x, y, width: 0.1, height: 0.1, score: 1 })));

  it("covers all that must be covered, with few enough pieces for a state, and each layer once at a time", () => {
    fc.assert(
      fc.property(spans, regions, (outOfBody, text) => {
        const covers = coversOf({ outOfBody, text });
        const isCovered = (span: (typeof outOfBody)[number], box: { x: number; y: number; width: number; height: number }) =>
          covers.some(
            (cover) =>
              cover.startFrame <= span.startFrame &&
              cover.endFrame >= span.endFrame &&
              cover.x <= box.x &&
              cover.y <= box.y &&
              cover.x + cover.width >= box.x + box.width - 1e-9 &&
              cover.y + cover.height >= box.y + box.height - 1e-9,
          );
        for (const span of outOfBody) expect(isCovered(span, { x: 0, y: 0, width: 1, height: 1 })).to.equal(true);
        for (const region of text) expect(isCovered(region, region)).to.equal(true);
        const byLayer = Map.groupBy(covers, ({ layer }) => layer);
        for (const [layer, shown] of byLayer) {
          expect(layer).to.be.within(0, 99);
          const inTime = shown.sort((a, b) => a.startFrame - b.startFrame);
          for (const [i, cover] of inTime.entries()) if (i > 0) expect(cover.startFrame).to.be.greaterThan((inTime[i - 1] as typeof cover).endFrame);
        }
        const bucket = "b".repeat(63);
        const gate = { outOfBody, text } as unknown as Gate;
        const settings = reviewSettings(request, indexOf(), coversOf(gate), { bucket, keyArn: "k".repeat(100), coverImage: `s3://${bucket}/assets/cover.png` });
        expect(Buffer.byteLength(JSON.stringify(settings))).to.be.lessThan(128 * 1024);
      }),
      { numRuns: 60 },
    );
  });

  it("covers exactly what it must where that is little, and joins the nearest where it is not", () => {
    const every = (count: number, step: number) => Array.from({ length: count }, (_, i) => ({ startFrame: step * i, endFrame: step * i + 5, score: 1 }));
    expect(coversOf({ outOfBody: every(200, 100), text: [] })).to.have.length(200);
    const far = { startFrame: 1_000_000, endFrame: 1_000_001, score: 1 };
    // Pairs 20 frames apart, a pair each 200: the gaps within them close first.
    const pairs = every(190, 200).flatMap((span) => [span, { ...span, startFrame: span.startFrame + 20, endFrame: span.endFrame + 20 }]);
    const covers = coversOf({ outOfBody: [...pairs, far], text: [] });
    expect(covers).to.have.length(200);
    expect(covers.at(-1)).to.deep.include({ startFrame: 1_000_000, endFrame: 1_000_001 });
    expect(covers.filter(({ startFrame, endFrame }) => endFrame - startFrame === 25)).to.have.length(181);
    expect(covers.every(({ startFrame, endFrame }) => endFrame - startFrame <= 25 || endFrame === 1_000_001)).to.equal(true);
    const together = Array.from({ length: 200 }, (_, i) => ({ startFrame: i, endFrame: 1000, x: i / 400, y: 0, width: 0.001, height: 0.1, score: 1 }));
    const layers = coversOf({ outOfBody: [far], text: together }).map(({ layer }) => layer);
    expect(Math.max(...layers)).to.be.lessThan(100);
  });

  it("writes timecodes that read back as the frame", () => {
    const rates = fc.constantFrom({ num: 25, den: 1 }, { num: 30000, den: 1001 }, { num: 60, den: 1 }, { num: 17500, den: 1000 }, { num: 24000, den: 1001 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 1_000_000 }), (rate, frame) => {
        expect(timecodeFrame(timecodeOf(frame, rate), rate)).to.equal(frame);
      }),
    );
  });
});

describe("rendition sizes", () => {
  const sizes = fc.record({ width: fc.integer({ min: 64, max: 8192 }), height: fc.integer({ min: 64, max: 8192 }) });

  it("are even, never larger than the picture or the limit, and keep its aspect to within two pixels", () => {
    fc.assert(
      fc.property(sizes, (picture) => {
        const box = boxFor(picture, 1920, 1080);
        const { width, height } = fitWithin(picture, box);
        expect([width % 2, height % 2]).to.deep.equal([0, 0]);
        expect(Math.max(width, height)).to.be.at.most(1920);
        expect(Math.min(width, height)).to.be.at.most(1080);
        expect(width).to.be.at.most(picture.width);
        expect(height).to.be.at.most(picture.height);
        const scale = Math.min(box.width / picture.width, box.height / picture.height);
        expect(Math.abs(width - picture.width * scale)).to.be.at.most(2);
        expect(Math.abs(height - picture.height * scale)).to.be.at.most(2);
      }),
    );
  });

  const known: [number, number, number, number][] = [
    [3840, 2160, 1920, 1080],
    [2160, 3840, 1080, 1920],
    [1920, 1080, 1920, 1080],
    [641, 359, 640, 358],
    [1000, 333, 996, 332],
    [4096, 3072, 1440, 1080],
  ];
  for (const [width, height, fitWidth, fitHeight] of known) {
    it(`make ${fitWidth}x${fitHeight} of ${width}x${height} for review`, () => {
      expect(fitWithin({ width, height }, boxFor({ width, height }, 1920, 1080))).to.deep.equal({ width: fitWidth, height: fitHeight });
    });
  }
});
