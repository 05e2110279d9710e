import { z } from "zod";
import { producer } from "./analyser-result.ts";
import { caseId, rational, runId, s3Uri, sha256, unit } from "./primitives.ts";

const span = { startFrame: z.int().nonnegative(), endFrame: z.int().positive() };

/**
 * `analysis.json`, the one result of an analysis; every other format is a projection of it.
 * All frames are frames of the source, half-open spans; the frame table turns them into times and into
 * frames of the renditions. Boxes are whole pixels of `media.raster`.
 */
export const analysis = z.strictObject({
  schema: z.literal("surgical-analysis/1.0"),
  caseId,
  runId,
  createdAt: z.iso.datetime(),
  /** PARTIAL: at least one analyser failed; `coverage` says which. */
  status: z.enum(["COMPLETE", "PARTIAL"]),
  media: z.strictObject({
    source: z.strictObject({
      sha256: sha256.nullable(),
      bytes: z.int().positive(),
      container: z.string(),
      codec: z.string(),
      width: z.int().positive(),
      height: z.int().positive(),
      rotation: z.int(),
      frameRate: rational,
      timebase: rational,
      frameCount: z.int().positive(),
      durationTicks: z.int().positive(),
      variableFrameRate: z.boolean(),
    }),
    /** Picture size that boxes are given in: the analysis rendition's. */
    raster: z.strictObject({ width: z.int().positive(), height: z.int().positive() }),
    frameTable: s3Uri,
    renditions: z.strictObject({ analysis: s3Uri, review: s3Uri.nullable() }),
    sprites: s3Uri.nullable(),
  }),
  producers: z.array(producer),
  gate: z.strictObject({
    producer: z.string(),
    outOfBody: z.array(z.strictObject({ ...span, score: unit, action: z.literal("excluded") })),
  }),
  segments: z.array(
    z.strictObject({
      id: z.string(),
      level: z.enum(["shot", "phase", "step", "task", "action"]),
      label: z.string(),
      ...span,
      confidence: unit.nullable(),
      producer: z.string(),
    }),
  ),
  events: z.array(z.strictObject({ id: z.string(), type: z.string(), label: z.string(), ...span, confidence: unit.nullable(), producer: z.string() })),
  /** Boxes lie in chunks of 30 s; see `detectionChunk`. */
  detections: z.array(
    z.strictObject({
      producer: z.string(),
      labels: z.array(z.string()),
      frameCount: z.int().nonnegative(),
      boxCount: z.int().nonnegative(),
      /** `sha256` is of the chunk's JSON before compression, whose bytes differ between processors. */
      chunks: z.array(z.strictObject({ uri: s3Uri, ...span, sha256 })),
    }),
  ),
  /** The frame with the most boxes; of several, the one whose boxes are surest. Null if nothing was detected. */
  busiestFrame: z.int().nonnegative().nullable(),
  coverage: z.array(
    z.strictObject({
      analyser: z.string(),
      status: z.enum(["SUCCEEDED", "FAILED", "SKIPPED"]),
      /** Share of the wanted frames that were looked at. */ share: unit,
      error: z.string().nullable(),
    }),
  ),
  /** List-price estimate for AWS, US dollars, from `contracts/prices.ts`. */
  cost: z.strictObject({
    estimateUsd: z.number().nonnegative(),
    breakdown: z.array(z.strictObject({ item: z.string(), usd: z.number().nonnegative() })),
    pricesAsOf: z.iso.date(),
  }),
  provenance: z.strictObject({
    pipelineVersion: z.string(),
    /** SHA-256 over media, producers, gate, segments, events, detections and coverage, without identifiers, places and times: equal for equal findings. */
    contentSha256: sha256,
  }),
});
export type Analysis = z.infer<typeof analysis>;

/** A detection chunk (gzipped JSON), columnar: box `b` belongs to frame `frames[i]` where `offsets[i] <= b < offsets[i + 1]`. */
export const detectionChunk = z.strictObject({
  schema: z.literal("detection-chunk/1.0"),
  producer: z.string(),
  /** Source frames that were looked at, rising. */
  frames: z.array(z.int().nonnegative()),
  /** One more than frames. */
  offsets: z.array(z.int().nonnegative()),
  label: z.array(z.int().nonnegative()),
  score: z.array(unit),
  /** Four numbers a box: x, y, width, height in pixels of the raster. */
  box: z.array(z.int()),
});
export type DetectionChunk = z.infer<typeof detectionChunk>;
