import type { Analysis } from "../../../contracts/analysis.ts";
import { reviewRenditionKey } from "../../../contracts/keys.ts";
import { caseId, digest, runId } from "./ids.ts";

/** A small analysis of 100 frames at 25 frames per second. */
export const analysisOf = (change: Partial<Analysis> = {}): Analysis => ({
  schema: "surgical-analysis/1.1",
  caseId,
  runId,
  createdAt: "2026-11-21T08:00:00.000Z",
  status: "COMPLETE",
  media: {
    source: {
      ...{
        sha256: null,
        bytes: 1000,
        container: "mp4",
        codec: "avc",
        width: 320,
        height: 180,
        rotation: 0,
        frameCount: 100,
        durationTicks: 100,
        variableFrameRate: false,
      },
      frameRate: { num: 25, den: 1 },
      timebase: { num: 1, den: 25 },
    },
    raster: { width: 320, height: 180 },
    frameTable: "s3://processed/frame-table.json",
    renditions: { analysis: "s3://processed/analysis_v.m3u8", review: `s3://processed/${reviewRenditionKey(caseId, runId)}` },
    sprites: "s3://processed/results/sprites.json",
    poster: { uri: "s3://processed/results/poster.webp", frame: 50 },
  },
  producers: [],
  gate: {
    producer: "out-of-body",
    outOfBody: [{ startFrame: 90, endFrame: 100, score: 0.9, action: "excluded" }],
    text: [],
    pictures: null,
    missedEstimate: null,
  },
  segments: [
    { id: "segment-1", level: "shot", label: "Shot 1", startFrame: 0, endFrame: 90, confidence: 0.9, producer: "technical-cues", review: "unreviewed" },
  ],
  events: [
    {
      id: "event-1",
      type: "instrument",
      label: "grasper",
      startFrame: 10,
      endFrame: 35,
      confidence: 0.8,
      producer: "instrument-detector",
      review: "unreviewed",
    },
  ],
  detections: [
    {
      ...{ producer: "instrument-detector", labels: ["grasper"], frameCount: 20, boxCount: 5 },
      chunks: [0, 1].map((i) => ({ uri: `s3://processed/chunk-${i}.json.gz`, startFrame: i * 50, endFrame: i * 50 + 50, sha256: digest })),
    },
  ],
  tracks: null,
  masks: [],
  scores: [],
  busiestFrame: 10,
  coverage: [{ analyser: "frame-analysis", status: "SUCCEEDED", required: true, share: 1, error: null }],
  cost: { forecastUsd: 0.1, estimateUsd: 0, breakdown: [], pricesAsOf: "2026-10-01" },
  provenance: { pipelineVersion: "0.1.0", contentSha256: digest },
  ...change,
});
