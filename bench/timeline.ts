import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AnalyserResult, Envelope, Producer } from "../contracts/analyser-result.ts";
import { encodeRuns } from "../contracts/frame-table.ts";
import { analyserPrefix, frameTableKey, gateKey, segmentManifestKey, sourceIndexKey, toUri } from "../contracts/keys.ts";

/*
 * What analysers leave behind of a long operation, made up: 11 boxes a frame by two detectors that see the same
 * instruments, at every frame of 25 a second; phases at one, spoiled views at five frames a second. The same every time.
 */

export const caseId = "0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11";
export const runId = "0123456789abcdef0123456789abcdef01234567";
export const bucket = "processed";
const rate = { num: 25, den: 1 };
const raster = { width: 960, height: 540 };
const digest = "0".repeat(64);
const tools = ["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"];
const phases = [
  "Preparation",
  "CalotTriangleDissection",
  "ClippingCutting",
  "GallbladderDissection",
  "GallbladderPackaging",
  "CleaningCoagulation",
  "GallbladderRetraction",
];

type Output = AnalyserResult["outputs"][number];
const producerOf = (id: string): Producer => ({
  ...{ id, kind: "model", name: id, version: "1.0.0", digest, dataset: "made up", threshold: 0.5, calibration: null, syntheticOnly: true },
});

/** Numbers in [0, 1), the same in every run (Park and Miller's generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** `count` instruments that wander about the picture, seen with some trembling; one in ten boxes is unsure. */
function boxesAt(frame: number, count: number, random: () => number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const x = 430 + 380 * Math.sin(frame / (190 + 37 * i) + i);
    const y = 240 + 190 * Math.cos(frame / (230 + 29 * i) + 2 * i);
    const tremble = () => Math.round(4 * random());
    const score = Math.round(1e4 * (random() < 0.1 ? 0.2 + 0.3 * random() : 0.55 + 0.44 * random())) / 1e4;
    return [i % tools.length, score, Math.round(x) + tremble(), Math.round(y) + tremble(), 120 + tremble(), 80 + tremble()];
  });
}

/** Writes them into a folder, by keys of the lake, and gives the envelopes of their branches and the number of boxes. */
export async function writeTimeline(folder: string, seconds: number): Promise<{ envelopes: Envelope[]; boxCount: number }> {
  const frameCount = seconds * rate.num;
  let boxCount = 0;
  const put = async (key: string, value: unknown) => {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), JSON.stringify(value));
  };
  const frames = Array.from({ length: frameCount }, (_, frame) => frame);
  const pts = encodeRuns(frames.map((frame) => frame * 512));
  const timebase = { num: 1, den: 12800 };
  const analysis = {
    timebase: { num: 1, den: 90000 },
    frameCount,
    pts: encodeRuns(frames.map((frame) => 126000 + frame * 3600)),
    sourceFrame: encodeRuns(frames),
  };
  await put(frameTableKey(caseId, runId), {
    schema: "frame-table/1.0",
    source: { timebase, frameCount, pts, variableFrameRate: false },
    renditions: { analysis },
  });
  await put(segmentManifestKey(caseId, runId), {
    ...{ schema: "segment-manifest/1.0", playlist: "s3://processed/a.m3u8", ...raster, frameRate: rate, frameCount },
    segments: [{ uri: "s3://processed/a.ts", startFrame: 0, frameCount }],
  });
  const outOfBody = Array.from({ length: Math.floor(seconds / 600) }, (_, i) => ({ startFrame: 15000 * i + 7000, endFrame: 15000 * i + 7500, score: 0.99 }));
  await put(gateKey(caseId, runId), {
    ...{ schema: "gate/1.1", producer: producerOf("out-of-body"), outOfBody, framesDone: seconds * 2, frameCount },
    ...{ text: [], pictures: null, missedEstimate: null },
  });
  await put(sourceIndexKey(caseId, runId), {
    ...{ schema: "source-index/1.1", container: "mp4", bytes: frameCount * 40000, sha256: digest, audioTracks: 0 },
    video: {
      ...{ codec: "avc", width: 1920, height: 1080, rotation: 0, nominalFrameRate: rate, timebase, frameCount, pts },
      ...{ hiddenFrameCount: 0, durationTicks: frameCount * 512, variableFrameRate: false },
      groups: { count: seconds, longestTicks: 12800, open: 0, bytes: frameCount * 40000, largestSegmentBytes: 150 * 40000 },
    },
  });

  const random = seeded(20261126);
  const envelopes: Envelope[] = [];
  const analyser = async (
    producer: string,
    kind: Output["kind"],
    subject: Output["subject"],
    labels: string[],
    step: number,
    lineOf: (frame: number) => object,
  ) => {
    const id = `of-${producer}`;
    const prefix = analyserPrefix(caseId, runId, id);
    const count = Math.ceil(frameCount / step);
    const output: Output = {
      ...{ producer: producerOf(producer), status: "SUCCEEDED", error: null, kind, subject, labels, file: "lines.jsonl" },
      framesDone: count,
      framesWanted: count,
    };
    await put(`${prefix}result.json`, {
      ...{ schema: "analyser-result/1.0", analyser: id, outputs: [output] },
      usage: { wallSeconds: seconds, cpuSeconds: seconds, peakMemoryBytes: 1 },
    });
    const file = createWriteStream(join(folder, `${prefix}lines.jsonl`));
    for (let frame = 0; frame < frameCount; frame += step) {
      if (!file.write(`${JSON.stringify({ frame, pts: 126000 + frame * 3600, ...lineOf(frame) })}\n`)) await once(file, "drain");
    }
    file.end();
    await once(file, "close");
    envelopes.push({ ...{ analyser: id, status: "SUCCEEDED", outputPrefix: toUri(bucket, prefix) }, coverage: null, costUsd: null, error: null });
  };
  const detections = (count: (frame: number) => number) => (frame: number) => {
    const boxes = boxesAt(frame, count(frame), random);
    boxCount += boxes.length;
    return { boxes };
  };
  await analyser(
    "detector-a",
    "detections",
    "instrument",
    tools,
    1,
    detections((frame) => (frame % 9 === 0 ? 8 : 7)),
  );
  await analyser(
    "detector-b",
    "detections",
    "instrument",
    tools,
    1,
    detections(() => 4),
  );
  await analyser("phases", "classifications", "phase", phases, rate.num, (frame) => {
    const now = random() < 0.15 ? Math.floor(random() * phases.length) : Math.floor((frame / frameCount) * phases.length);
    return { scores: phases.map((_, i) => (i === now ? 0.82 : 0.03)) };
  });
  await analyser("view", "classifications", "view", ["smoke", "bleeding", "blur"], rate.num / 5, (frame) => ({
    scores: [0, 1, 2].map((i) => Math.round(1e4 * (0.5 + 0.5 * Math.sin(frame / (900 + 100 * i)))) / 1e4),
  }));
  return { envelopes, boxCount };
}
