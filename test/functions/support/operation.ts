import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Producer } from "../../../contracts/analyser-result.ts";
import type { Analysis, DetectionChunk, MaskChunk } from "../../../contracts/analysis.ts";
import { encodeRuns, type FrameTable, frameTable } from "../../../contracts/frame-table.ts";
import { groundTruth } from "../../../contracts/ground-truth.ts";
import { analysisKey, detectionChunkKey, frameTableKey, maskChunkKey, measuresKey, parseUri } from "../../../contracts/keys.ts";
import { definitions } from "../../../contracts/measure-definitions.ts";
import type { Measures } from "../../../contracts/measures.ts";
import { runsOf } from "../../../contracts/run-lengths.ts";
import { analysisOf } from "./analysis.ts";
import { caseId, digest, runId } from "./ids.ts";
import { type MemoryLake, memoryLake } from "./memory-lake.ts";

const truth = groundTruth.parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../../samples/laparoscopy.truth.json"), "utf8")));
const { frameCount, width, height } = truth.media;

const detector: Producer = {
  ...{ id: "instrument-detector", kind: "model", name: "Instruments", version: "1.2.0", digest, dataset: "synthetic-1", threshold: 0.5 },
  ...{ calibration: null, syntheticOnly: true },
};
const segmenter: Producer = { ...detector, id: "structure-segmenter", name: "Structures" };
const gate: Producer = { ...detector, id: "out-of-body", name: "Gate" };

/** Frames of a chunk. */
const chunkLength = 250;
const grid = { gridWidth: 160, gridHeight: 90 };

/** The drawn operation of `samples/` as if networks had seen all of it: phases, events, a track for each stay of an instrument, masks once a second. */
export const drawnTruth = truth;

export const drawnFrames: FrameTable = frameTable.parse({
  schema: "frame-table/1.0",
  source: {
    ...{ timebase: { num: 1, den: 12800 }, frameCount, variableFrameRate: false },
    pts: encodeRuns(Array.from({ length: frameCount }, (_, i) => 1024 + 512 * i)),
  },
  renditions: {},
});

/** A lake that holds the analysis of the drawn operation. */
export async function drawnOperation(): Promise<{ lake: MemoryLake; analysis: Analysis; measures: Measures }> {
  const lake = memoryLake();
  const detections = await putBoxes(lake);
  const masks = await putMasks(lake);
  const analysis = analysisOf({
    media: {
      ...analysisOf().media,
      source: {
        ...analysisOf().media.source,
        frameCount,
        durationTicks: 512 * frameCount,
        timebase: { num: 1, den: 12800 },
        width,
        height,
        sha256: "b".repeat(64),
      },
      raster: { width, height },
      frameTable: lake.uri(frameTableKey(caseId, runId)),
    },
    producers: [gate, detector, segmenter],
    gate: {
      producer: gate.id,
      outOfBody: truth.outOfBody.map((span) => ({ ...span, score: 0.97, action: "excluded" as const })),
      text: [],
      pictures: null,
      missedEstimate: null,
    },
    segments: truth.segments.map(({ level, label, startFrame, endFrame }, i) => ({
      ...{ id: `segment-${i + 1}`, level, label, startFrame, endFrame, confidence: 0.9, producer: "phase-recogniser", review: "unreviewed" as const },
    })),
    events: truth.events.map(({ type, startFrame, endFrame }, i) => ({
      ...{ id: `event-${i + 1}`, type, label: `Seen: ${type} & "more" --> <soon>`, startFrame, endFrame, confidence: null, producer: "view" },
      review: "needs-review" as const,
    })),
    detections,
    masks,
  });
  const measures: Measures = {
    ...{ schema: "surgical-measures/1.1", caseId, runId, contentSha256: digest, procedure: "laparoscopic-cholecystectomy", severity: 2 },
    producers: [{ id: detector.id, kind: detector.kind, name: detector.name, version: detector.version, digest: detector.digest, calibration: null }],
    definitions: [
      { name: "phase-duration", ...definitions["phase-duration"] },
      { ...{ name: "critical-view", unit: "probability", title: { en: "Critical view", "zh-TW": "安全視野" } }, formula: "Mean of it.", source: "A test" },
    ],
    measures: [
      { ...measured("phase-duration/ClippingCutting"), name: "phase-duration", of: "ClippingCutting", unit: "seconds", value: 2.72 },
      { ...measured("critical-view"), name: "critical-view", of: null, unit: "probability", value: null, note: "No network tells." },
    ],
    findings: [
      {
        ...{ id: "finding-1", type: "idle", label: "No instrument", startFrame: 400, endFrame: 480, severity: null, confidence: 0.8 },
        ...{ review: "unreviewed", evidence: [], producers: [detector.id] },
      },
    ],
  };
  await lake.putJson(frameTableKey(caseId, runId), drawnFrames);
  await lake.putJson(analysisKey(caseId, runId), analysis);
  await lake.putJson(measuresKey(caseId, runId), measures);
  return { lake, analysis, measures };
}

const measured = (id: string) => ({ id, note: null, evidence: [], producers: [detector.id], confidence: null, calibrated: false, cohort: null });

const chunkSpans = Array.from({ length: Math.ceil(frameCount / chunkLength) }, (_, i) => ({
  startFrame: i * chunkLength,
  endFrame: Math.min(frameCount, (i + 1) * chunkLength),
}));

async function putChunk(lake: MemoryLake, key: string, chunk: DetectionChunk | MaskChunk): Promise<string> {
  await lake.put(key, gzipSync(JSON.stringify(chunk)), "application/json", "gzip");
  return lake.uri(key);
}

/** Every frame was looked at. A new track begins where an instrument was not there in the frame before. */
async function putBoxes(lake: MemoryLake): Promise<Analysis["detections"]> {
  const boxes = new Map(truth.instruments);
  const stays = new Map<number, number>();
  let trackCount = 0;
  let boxCount = 0;
  const chunks = [];
  for (const [index, span] of chunkSpans.entries()) {
    const chunk: DetectionChunk = { schema: "detection-chunk/1.0", producer: detector.id, frames: [], offsets: [0], label: [], score: [], box: [], track: [] };
    for (let frame = span.startFrame; frame < span.endFrame; frame++) {
      const seen = new Set<number>();
      for (const [label, ...box] of boxes.get(frame) ?? []) {
        // Bags are followed by nobody.
        const followed = label !== 6;
        seen.add(label);
        if (followed && !stays.has(label)) stays.set(label, trackCount++);
        chunk.label.push(label);
        chunk.score.push(Number((0.5 + ((frame * 7 + label) % 50) / 100).toFixed(2)));
        chunk.box.push(...box);
        chunk.track.push(followed ? (stays.get(label) as number) : -1);
        boxCount++;
      }
      for (const label of stays.keys()) if (!seen.has(label)) stays.delete(label);
      chunk.frames.push(frame);
      chunk.offsets.push(chunk.label.length);
    }
    chunks.push({ ...span, uri: await putChunk(lake, detectionChunkKey(caseId, runId, detector.id, index), chunk), sha256: digest });
  }
  return [{ producer: detector.id, labels: truth.instrumentLabels, frameCount, boxCount, chunks }];
}

async function putMasks(lake: MemoryLake): Promise<Analysis["masks"]> {
  const chunks = [];
  let maskCount = 0;
  for (const [index, span] of chunkSpans.entries()) {
    const chunk: MaskChunk = { schema: "mask-chunk/1.0", producer: segmenter.id, ...grid, frames: [], offsets: [0], label: [], score: [], runs: [] };
    for (let frame = span.startFrame; frame < span.endFrame; frame += 25) {
      chunk.frames.push(frame);
      // One second in three shows nothing.
      if (frame % 75 !== 0) {
        chunk.label.push(frame % 50 === 0 ? 0 : 1);
        chunk.score.push(0.75);
        chunk.runs.push(runsOf(ellipse(40 + (frame % 80), 45, 20, 12)));
        maskCount++;
      }
      chunk.offsets.push(chunk.label.length);
    }
    chunks.push({ ...span, uri: await putChunk(lake, maskChunkKey(caseId, runId, segmenter.id, index), chunk), sha256: digest });
  }
  return [{ producer: segmenter.id, labels: ["Gallbladder", "Liver"], frameCount: frameCount / 25, maskCount, chunks }];
}

/** An ellipse on the grid, column by column. */
function ellipse(cx: number, cy: number, rx: number, ry: number): Uint8Array {
  const cells = new Uint8Array(grid.gridWidth * grid.gridHeight);
  for (let x = 0; x < grid.gridWidth; x++)
    for (let y = 0; y < grid.gridHeight; y++) if (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1) cells[x * grid.gridHeight + y] = 1;
  return cells;
}

export const keyOf = (uri: string): string => parseUri(uri).key;
