import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Analysis, DetectionChunk, MaskChunk } from "../../contracts/analysis.ts";
import type { CaseDetail } from "../../contracts/api.ts";
import { encodeRuns, type FrameTable } from "../../contracts/frame-table.ts";
import { runsOf } from "../../contracts/run-lengths.ts";
import { ffmpegPath } from "../../models/serving/programs.ts";

/*
 * An operation of three hours as the page is given it, made up: 20 boxes and two masks on every frame of 25 a second in chunks of
 * 30 s, eleven phases, 2,000 events. Its video is one minute over and over, so that it is made in seconds.
 */

export const caseId = "0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11";
const runId = "0123456789abcdef0123456789abcdef01234567";
const digest = "0".repeat(64);
const rate = 25;
/** Of a frame, as ffmpeg writes it into an MP4 of this rate. */
const ticks = 512;
const minutes = 180;
export const raster = { width: 960, height: 540 };
const picture = { width: 1280, height: 720 };
export const frameCount = minutes * 60 * rate;
const chunkFrames = 30 * rate;
const boxes = 20;
const tools = ["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"];
const organs = ["liver", "gallbladder"];
const grid = { width: 320, height: 180 };
const phases = Array.from({ length: 11 }, (_, i) => `Phase ${i + 1}`);

const chunks = Array.from({ length: frameCount / chunkFrames }, (_, i) => ({
  ...{ uri: `s3://none/${i}`, startFrame: i * chunkFrames, endFrame: (i + 1) * chunkFrames, sha256: digest },
}));
export const detections: Analysis["detections"] = [{ producer: "detector", labels: tools, frameCount, boxCount: boxes * frameCount, chunks }];
export const masks: Analysis["masks"] = [{ producer: "organs", labels: organs, frameCount, maskCount: 2 * frameCount, chunks }];
export const media: Analysis["media"] = {
  source: {
    ...{ sha256: null, bytes: 1, container: "mp4", codec: "avc", ...picture, rotation: 0, frameCount, durationTicks: frameCount, variableFrameRate: false },
    ...{ frameRate: { num: rate, den: 1 }, timebase: { num: 1, den: rate } },
  },
  raster,
  ...{ frameTable: "s3://none/t", renditions: { analysis: "s3://none/a", review: "s3://none/r" }, sprites: null, poster: null },
};

const finding = { confidence: 0.8, review: "unreviewed" as const };
const spanOf = (i: number, count: number) => ({ startFrame: Math.floor((i * frameCount) / count), endFrame: Math.floor(((i + 1) * frameCount) / count) });
const analysis: Analysis = {
  ...{ schema: "surgical-analysis/1.1", caseId, runId, createdAt: "2026-11-21T08:00:00.000Z", status: "COMPLETE", media, producers: [] },
  gate: { producer: "gate", outOfBody: [], text: [], pictures: null, missedEstimate: null },
  segments: phases.map((label, i) => ({ id: `segment-${i + 1}`, level: "phase", label, ...spanOf(i, phases.length), producer: "phases", ...finding })),
  events: Array.from({ length: 2000 }, (_, i) => {
    const label = tools[i % tools.length] as string;
    return { id: `event-${i + 1}`, type: "instrument", label, ...spanOf(i, 2000), producer: "detector", ...finding };
  }),
  ...{ detections, tracks: null, masks, scores: [], busiestFrame: 0 },
  coverage: [],
  cost: { forecastUsd: 0, estimateUsd: 0, breakdown: [], pricesAsOf: "2026-10-01" },
  provenance: { pipelineVersion: "0.1.0", contentSha256: digest },
};

/** What the API tells of the case; `wire` is where its files are. */
export const detailAt = (wire: string): CaseDetail => ({
  case: {
    ...{ caseId, fileName: "three hours.mp4", status: "COMPLETE", createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T09:00:00.000Z", runId },
    ...{ reasons: [], procedure: null, severity: null, forecastUsd: null, costUsd: null, report: null, retentionClass: "research" },
  },
  analysis,
  answersQuestions: false,
  links: {
    ...{ review: "/media/review.mp4", frameTable: `${wire}/table`, timeline: null, sprites: null, poster: null, scores: {}, tracks: null },
    detections: { detector: chunks.map((_, i) => `${wire}/detections/${i}`) },
    masks: { organs: chunks.map((_, i) => `${wire}/masks/${i}`) },
  },
});

export function frameTable(): FrameTable {
  const pts = encodeRuns(Float64Array.from({ length: frameCount }, (_, i) => i * ticks));
  const timebase = { num: 1, den: rate * ticks };
  const track = { timebase, frameCount, pts };
  const rendition = { ...track, sourceFrame: encodeRuns(Float64Array.from({ length: frameCount }, (_, i) => i)) };
  return { schema: "frame-table/1.0", source: { ...track, variableFrameRate: false }, renditions: { review: rendition, analysis: rendition } };
}

const framesOf = (index: number): number[] => Array.from({ length: chunkFrames }, (_, i) => index * chunkFrames + i);

/** Boxes that wander about the picture, in a chunk the same as in every other. */
export function detectionChunk(): DetectionChunk {
  const frames = framesOf(0);
  const each = <T>(of: (frame: number, i: number) => T): T[] => frames.flatMap((frame) => Array.from({ length: boxes }, (_, i) => of(frame, i)));
  return {
    ...{ schema: "detection-chunk/1.0", producer: "detector", frames, offsets: Array.from({ length: chunkFrames + 1 }, (_, i) => i * boxes) },
    label: each((_, i) => i % tools.length),
    score: each((_, i) => 0.5 + i / 50),
    track: each((_, i) => i),
    box: each((frame, i) => [
      Math.round(400 + 380 * Math.sin(frame / (190 + 37 * i) + i)),
      Math.round(230 + 200 * Math.cos(frame / (230 + 29 * i) + 2 * i)),
      120,
      80,
    ]).flat(),
  };
}

/** Two ellipses that breathe, in a chunk the same as in every other: no frame's masks are those of the frame before. */
export function maskChunk(): MaskChunk {
  const frames = framesOf(0);
  const ellipse = (middle: number, frame: number): number[] => {
    const radius = 40 + 8 * Math.sin(frame / 20);
    const cells = new Uint8Array(grid.width * grid.height);
    for (let x = Math.ceil(middle - radius); x < middle + radius; x++) {
      const half = 0.8 * Math.sqrt(Math.max(0, radius ** 2 - (x - middle) ** 2));
      cells.fill(1, x * grid.height + Math.ceil(90 - half), x * grid.height + Math.floor(90 + half));
    }
    return runsOf(cells);
  };
  return {
    ...{ schema: "mask-chunk/1.0", producer: "organs", gridWidth: grid.width, gridHeight: grid.height, frames },
    offsets: Array.from({ length: chunkFrames + 1 }, (_, i) => i * 2),
    label: frames.flatMap(() => [0, 1]),
    score: frames.flatMap(() => [0.9, 0.8]),
    runs: frames.flatMap((frame) => [ellipse(100, frame), ellipse(220, frame)]),
  };
}

/** Chunks as the storage keeps them, which makes none when it is asked. */
export function storedChunks(chunk: DetectionChunk | MaskChunk): (index: number) => string {
  const { frames: _, ...rest } = chunk;
  const kept = JSON.stringify(rest).slice(0, -1);
  return (index) => `${kept},"frames":${JSON.stringify(framesOf(index))}}`;
}

/** The video, made at the first use and kept where tools keep what they can make again. */
export function longVideo(log: (line: string) => void): string {
  const cache = join(import.meta.dirname, "../../node_modules/.cache/bench");
  const file = join(cache, `three-hours-${picture.width}x${picture.height}.mp4`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  log("Making the video of three hours; it is kept for the next time.");
  const minute = `${file}.minute.mp4`;
  const part = `${file}.part.mp4`;
  const ffmpeg = (...args: string[]): void => {
    const { status, stderr } = spawnSync(ffmpegPath(), ["-nostdin", "-v", "error", "-y", ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(`ffmpeg failed: ${stderr}`);
  };
  // Settings of the review rendition that matter here: a closed group of pictures each second, two B-frames, no cuts in between.
  const coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-g", String(rate), "-bf", "2", "-sc_threshold", "0", "-pix_fmt", "yuv420p"];
  ffmpeg("-f", "lavfi", "-i", `testsrc=s=${picture.width}x${picture.height}:r=${rate}:d=60`, ...coding, minute);
  ffmpeg("-stream_loop", String(minutes - 1), "-i", minute, "-c", "copy", "-movflags", "+faststart", part);
  rmSync(minute);
  renameSync(part, file);
  return file;
}
