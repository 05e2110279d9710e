import { expect } from "chai";
import fc from "fast-check";
import { gateKey, reviewRenditionKey, sourceIndexKey } from "../../../contracts/keys.ts";
import type { SourceIndex } from "../../../contracts/media.ts";
import { timecodeOf } from "../../../functions/prepare/plan-review/core.ts";
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
      { Width: 1440, Height: 1080, Opacity: 100, StartTime: "00:01:06:20", Layer: 1 },
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
      [0, 0, 1280, 720, 0],
      [12, 14, 258, 38, 1],
      [1152, 718, 128, 2, 2],
    ]);
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
