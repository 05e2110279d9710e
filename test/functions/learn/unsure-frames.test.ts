import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Analysis, DetectionChunk, MaskChunk } from "../../../contracts/analysis.ts";
import { detectionChunkKey, maskChunkKey } from "../../../contracts/keys.ts";
import { doubtsOfFrames } from "../../../functions/learn/unsure-frames.ts";
import { failure } from "../../support/failure.ts";
import { analysisOf } from "../support/analysis.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";

const labels = ["Grasper", "Hook"];
/** Boxes of a chunk, frame by frame: of each box its label and its score. */
type Frames = Readonly<Record<number, readonly (readonly [number, number])[]>>;

function columnsOf(frames: Frames) {
  const things = Object.values(frames);
  const offsets = [0];
  for (const of of things) offsets.push((offsets.at(-1) as number) + of.length);
  const all = things.flat();
  return { frames: Object.keys(frames).map(Number), offsets, label: all.map(([label]) => label), score: all.map(([, score]) => score), count: all.length };
}

async function setUp({ boxes = [], masks = [] }: { boxes?: readonly Frames[]; masks?: readonly Frames[] }) {
  const lake = memoryLake();
  const put = async (key: string, chunk: object) => lake.put(key, gzipSync(JSON.stringify(chunk)), "application/json");
  const chunk = (key: string, i: number) => ({ uri: lake.uri(key), startFrame: 100 * i, endFrame: 100 * (i + 1), sha256: digest });
  const [detections, outlines]: [Analysis["detections"][number]["chunks"], Analysis["detections"][number]["chunks"]] = [[], []];
  for (const [i, frames] of boxes.entries()) {
    const key = detectionChunkKey(caseId, runId, "detector", i);
    const { count, ...columns } = columnsOf(frames);
    const box = Array.from({ length: 4 * count }, () => 1);
    await put(key, { schema: "detection-chunk/1.0", producer: "detector", ...columns, box, track: new Array(count).fill(-1) } satisfies DetectionChunk);
    detections.push(chunk(key, i));
  }
  for (const [i, frames] of masks.entries()) {
    const key = maskChunkKey(caseId, runId, "segmenter", i);
    const { count, ...columns } = columnsOf(frames);
    const runs = Array.from({ length: count }, () => [0, 4]);
    await put(key, { schema: "mask-chunk/1.0", producer: "segmenter", gridWidth: 2, gridHeight: 2, ...columns, runs } satisfies MaskChunk);
    outlines.push(chunk(key, i));
  }
  const analysis = analysisOf({
    detections: [{ producer: "detector", labels, frameCount: 1, boxCount: 1, chunks: detections }],
    masks: [{ producer: "segmenter", labels, frameCount: 1, maskCount: 1, chunks: outlines }],
  });
  return { lake, analysis };
}
const told = async ({ lake, analysis }: Awaited<ReturnType<typeof setUp>>, producer: string) =>
  (await doubtsOfFrames(lake, analysis, producer)).map(({ kind, label, startFrame, endFrame }) => [kind, label, startFrame, endFrame]);

describe("doubtsOfFrames", () => {
  it("finds of each chunk the frame whose surest doubt is least, up to the next frame that was looked at", async () => {
    const first: Frames = {
      0: [[0, 0.9]],
      5: [],
      10: [
        [0, 0.8],
        [1, 0.6],
      ],
      15: [[0, 0.7]],
    };
    const second: Frames = { 100: [[0, 0.9]], 105: [[1, 0.5]] };
    expect(await told(await setUp({ boxes: [first, second] }), "detector")).to.deep.equal([
      ["boxes", "Hook", 105, 200],
      ["boxes", "Hook", 10, 15],
    ]);
  });

  it("finds outlines of a network that segments, and nothing of another network", async () => {
    const world = await setUp({ boxes: [{ 0: [[0, 0.5]] }], masks: [{ 20: [[1, 0.4]], 25: [[0, 0.9]] }] });
    expect(await told(world, "segmenter")).to.deep.equal([["outlines", "Hook", 20, 25]]);
    expect(await told(world, "phase-classifier")).to.deep.equal([]);
  });

  it("says nothing of a chunk in which nothing was found, nor of one that is gone", async () => {
    const world = await setUp({ boxes: [{ 0: [], 5: [] }, { 100: [[0, 0.5]] }] });
    world.lake.objects.delete(detectionChunkKey(caseId, runId, "detector", 1));
    expect(await told(world, "detector")).to.deep.equal([]);
  });

  it("fails on a chunk that breaks its contract", async () => {
    const world = await setUp({ boxes: [{ 0: [[0, 0.5]] }] });
    await world.lake.put(detectionChunkKey(caseId, runId, "detector", 0), gzipSync("{}"), "application/json");
    expect((await failure(doubtsOfFrames(world.lake, world.analysis, "detector"))).name).to.equal("BrokenContract");
  });
});
