import { gateKey, segmentManifestKey } from "../../../contracts/keys.ts";
import type { SegmentManifest } from "../../../contracts/media.ts";
import type { Model } from "../../../contracts/model.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import type { MemoryLake } from "../support/memory-lake.ts";

/** A rendition of 25 frames a second in segments of so many frames. */
export const manifestOf = (...frames: number[]): SegmentManifest => ({
  schema: "segment-manifest/1.0",
  playlist: "s3://processed/analysis_v.m3u8",
  width: 960,
  height: 540,
  frameRate: { num: 25, den: 1 },
  frameCount: frames.reduce((sum, count) => sum + count, 0),
  segments: frames.map((frameCount, i) => ({ uri: segmentUri(i), startFrame: frames.slice(0, i).reduce((sum, count) => sum + count, 0), frameCount })),
});

export const segmentUri = (segment: number): string => `s3://processed/analysis_v_${segment}.ts`;

export const classifier: Model = {
  id: "phases",
  version: "1.0.0",
  name: "Phases",
  sha256: digest,
  dataset: "drawn operations",
  syntheticOnly: true,
  input: { name: "pixels", width: 64, height: 64, fit: "stretch" },
  subject: "phase",
  calibration: null,
  labels: ["a", "b"],
  threshold: 0.5,
  meanPhaseSeconds: 12,
  procedures: ["laparoscopic-cholecystectomy"],
  task: "frame-classification",
  outputs: { scores: "scores" },
};
export const detector: Model = {
  ...{ id: "tools", version: "2.0.0", name: "Tools", sha256: digest, dataset: "drawn operations", syntheticOnly: true, calibration: null },
  ...{ input: classifier.input, subject: "instrument", labels: ["grasper"], threshold: 0.5 },
  task: "object-detection",
  outputs: { boxes: "boxes", scores: "scores", classes: "classes" },
};

/** Puts what the gate and the segments' index left into a lake. */
export async function prepared(lake: MemoryLake, manifest: SegmentManifest, excluded: readonly FrameSpan[] = []): Promise<void> {
  await lake.putJson(segmentManifestKey(caseId, runId), manifest);
  await lake.putJson(gateKey(caseId, runId), {
    schema: "gate/1.1",
    producer: {
      ...{ id: "out-of-body", kind: "model", name: "gate", version: "1.0.0", digest, dataset: null, threshold: 0.5, calibration: null, syntheticOnly: true },
    },
    outOfBody: excluded.map((span) => ({ ...span, score: 0.9 })),
    text: [],
    pictures: null,
    missedEstimate: null,
    framesDone: 1,
    frameCount: manifest.frameCount,
  });
}
