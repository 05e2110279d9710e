import { z } from "zod";
import { producer, runLengths } from "./analyser-result.ts";
import { procedure } from "./case.ts";
import { frameTiming } from "./conversion.ts";
import { gate, missedEstimate, textRegion } from "./gate.ts";
import { subject } from "./model.ts";
import { caseId, rational, review, runId, s3Uri, sha256, unit } from "./primitives.ts";
import { startTimecode } from "./timecode.ts";

/** Outputs that say something of each frame that was looked at. */
const lookingKind = z.enum(["classifications", "detections", "masks", "cues"]);

const span = { startFrame: z.int().nonnegative(), endFrame: z.int().positive() };

/**
 * `analysis.json`, the one result of an analysis; every other format is a projection of it.
 * All frames are frames of the source, half-open spans; the frame table turns them into times and into
 * frames of the renditions. Boxes are whole pixels of `media.raster`.
 */
export const analysis = z.strictObject({
  /** 1.1 has no `lookedAt`, and no cost of a branch in `coverage`. */
  schema: z.enum(["surgical-analysis/1.1", "surgical-analysis/1.2"]),
  caseId,
  runId,
  createdAt: z.iso.datetime(),
  /** PARTIAL: an analyser that is required failed or missed frames; `coverage` says which. */
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
      /**
       * What the source was converted to, because it could not be read as it is: frames, timebase and sizes are those of that copy, one
       * frame for each of the source; `timing` says where their times come from. Absent of a source that was read as it is.
       */
      conversion: z.strictObject({ container: z.string(), codec: z.string(), timing: frameTiming }).optional(),
    }),
    /** Null if the source has none, or none that its frame rate can have; absent from analyses of older versions. */
    startTimecode: startTimecode.nullable().optional(),
    /** Picture size that boxes are given in: the analysis rendition's. */
    raster: z.strictObject({ width: z.int().positive(), height: z.int().positive() }),
    frameTable: s3Uri,
    renditions: z.strictObject({ analysis: s3Uri, review: s3Uri.nullable() }),
    sprites: s3Uri.nullable(),
    /**
     * The picture that stands for the operation, and the source frame that it shows: inside the patient, burnt-in text covered. Null if
     * there is none; absent from analyses of older versions.
     */
    poster: z.strictObject({ uri: s3Uri, frame: z.int().nonnegative() }).nullable().optional(),
  }),
  producers: z.array(producer),
  gate: z.strictObject({
    producer: z.string(),
    outOfBody: z.array(z.strictObject({ ...span, score: unit, action: z.literal("excluded") })),
    /** Burnt-in text that the review rendition covers: where it stands, in shares of the picture, never what it says. */
    text: z.array(z.strictObject({ ...textRegion.shape, action: z.literal("covered") })),
    /** Pictures that were searched for text; null if none were. */
    pictures: gate.shape.pictures,
    /** How long the camera may be outside without the gate noticing; null if nobody measured it. */
    missedEstimate: missedEstimate.nullable(),
  }),
  /**
   * Segments of one level never overlap. Phases cover the video inside the body; one that the camera's leaving interrupts
   * comes as several segments of the same label, one after the other, and is one visit of that phase.
   */
  segments: z.array(
    z.strictObject({
      id: z.string(),
      level: z.enum(["shot", "phase", "step", "task", "action"]),
      label: z.string(),
      ...span,
      confidence: unit.nullable(),
      producer: z.string(),
      review,
    }),
  ),
  events: z.array(z.strictObject({ id: z.string(), type: z.string(), label: z.string(), ...span, confidence: unit.nullable(), producer: z.string(), review })),
  /**
   * What a service calls what it sees, in general words of its own: for finding cases by. No measure, report or export reads them.
   * Absent where no such service looked.
   */
  tags: z.array(z.strictObject({ id: z.string(), label: z.string(), ...span, confidence: unit, producer: z.string() })).optional(),
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
  /** Instruments followed from box to box while they stay in sight; see `trackList`. Null if nothing was followed. */
  tracks: z.strictObject({ uri: s3Uri, trackCount: z.int().nonnegative(), sha256 }).nullable(),
  /** Masks lie in chunks of 30 s; see `maskChunk`. */
  masks: z.array(
    z.strictObject({
      producer: z.string(),
      labels: z.array(z.string()),
      frameCount: z.int().nonnegative(),
      maskCount: z.int().nonnegative(),
      chunks: z.array(z.strictObject({ uri: s3Uri, ...span, sha256 })),
    }),
  ),
  /** What classifying networks said of every frame they looked at, except the privacy gate's; see `scoreSeries`. */
  scores: z.array(z.strictObject({ producer: z.string(), subject, labels: z.array(z.string()), frameCount: z.int().nonnegative(), uri: s3Uri, sha256 })),
  /** The frame with the most boxes; of several, the one whose boxes are surest. Null if nothing was detected. */
  busiestFrame: z.int().nonnegative().nullable(),
  coverage: z.array(
    z.strictObject({
      analyser: z.string(),
      status: z.enum(["SUCCEEDED", "FAILED", "SKIPPED"]),
      /** Whether the analysis is PARTIAL without it. */
      required: z.boolean(),
      /** Share of the wanted frames that were looked at. */
      share: unit,
      /** US dollars, as in `cost`, of which it is a part; null where nobody knows what ran. Absent from analyses of version 1.1. */
      costUsd: z.number().nonnegative().nullable().optional(),
      error: z.string().nullable(),
    }),
  ),
  /**
   * Which parts of the source each output is about, inside the body: where its network looked, or its measurement went. Spans rise and are apart.
   * What is in none was not looked at, or lies outside the body: nothing can be said of it. Of one output the 500 longest at most are told.
   * Absent from analyses of version 1.1.
   */
  lookedAt: z
    .array(
      z.strictObject({
        producer: z.string(),
        kind: lookingKind,
        /** What it looked for. Absent of a measurement of cues. */
        subject: subject.optional(),
        spans: z.array(z.strictObject(span)).max(500),
      }),
    )
    .optional(),
  /**
   * Networks that looked at the video and are about other procedures than the case's: nothing of the analysis is theirs. `procedures`: those that
   * they know. Absent where there is none.
   */
  leftOut: z
    .array(z.strictObject({ producer: z.string(), procedures: z.array(procedure).min(1) }))
    .min(1)
    .optional(),
  /** US dollars at AWS's list prices of `contracts/prices.ts`. No bill: both figures are estimates. */
  cost: z.strictObject({
    /** What the run was thought to cost when it was admitted. */
    forecastUsd: z.number().nonnegative(),
    /** What it cost, from what really ran. */
    estimateUsd: z.number().nonnegative(),
    breakdown: z.array(z.strictObject({ item: z.string(), usd: z.number().nonnegative() })),
    pricesAsOf: z.iso.date(),
  }),
  provenance: z.strictObject({
    pipelineVersion: z.string(),
    /** SHA-256 over all that was found, without identifiers, places and times: equal for equal findings, in whatever order the branches ended. */
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
  /** For each box the number of its track in `trackList`; -1 if it belongs to none. */
  track: z.array(z.int().min(-1)),
});
export type DetectionChunk = z.infer<typeof detectionChunk>;

/** A mask chunk (gzipped JSON), columnar as `detectionChunk` is. */
export const maskChunk = z.strictObject({
  schema: z.literal("mask-chunk/1.0"),
  producer: z.string(),
  /** Cells of the grid that covers the raster. */
  gridWidth: z.int().positive(),
  gridHeight: z.int().positive(),
  frames: z.array(z.int().nonnegative()),
  offsets: z.array(z.int().nonnegative()),
  label: z.array(z.int().nonnegative()),
  score: z.array(unit),
  runs: z.array(runLengths),
});
export type MaskChunk = z.infer<typeof maskChunk>;

/** `scores/{producer}.json.gz`: a classifying network's probabilities, in columns; one entry a frame. */
export const scoreSeries = z.strictObject({
  schema: z.literal("score-series/1.0"),
  producer: z.string(),
  labels: z.array(z.string()),
  /** Source frames that were looked at inside the body, rising. */
  frames: z.array(z.int().nonnegative()),
  /** For each label, in the order of `labels`, its probability in each of `frames`, to a ten-thousandth. */
  scores: z.array(z.array(unit)),
});
export type ScoreSeries = z.infer<typeof scoreSeries>;

/**
 * `tracks.json.gz`: an instrument while it stays in sight. A track says that these boxes are one thing seen without a
 * break, never which thing: who comes back is not known ("visibility" perspective of CholecTrack20, Nwoye et al. 2025).
 * The columns have one entry a track; a track's number is its index.
 */
export const trackList = z.strictObject({
  /** 1.0 has no jerk; up to 1.1 there is `speedChange`. */
  schema: z.enum(["track-list/1.0", "track-list/1.1", "track-list/1.2"]),
  /** Index into the analysis's `detections`, and into that one's labels: the producer that most of its boxes come from. */
  detections: z.array(z.int().nonnegative()),
  label: z.array(z.int().nonnegative()),
  startFrame: z.array(z.int().nonnegative()),
  endFrame: z.array(z.int().positive()),
  boxCount: z.array(z.int().positive()),
  /** Mean score of its boxes. */
  confidence: z.array(unit),
  /** Length of the path of the boxes' middles, in diagonals of the raster. */
  pathLength: z.array(z.number().nonnegative()),
  /** Sum of the absolute changes of speed, in diagonals per second. No measure asks for it since jerk is there: only lists up to 1.1 have it. */
  speedChange: z.array(z.number().nonnegative()).optional(),
  /**
   * Integral over time of the squared jerk of the boxes' middles, in squared diagonals / s^5, and the seconds that it is integrated over: the
   * root of its mean over any tracks is the root of the one sum divided by the other, in diagonals / s^3. No seconds where the thing was never
   * seen at least twice a second for four boxes. Absent from lists of version 1.0.
   */
  jerkSquared: z.array(z.number().nonnegative()).optional(),
  jerkSeconds: z.array(z.number().nonnegative()).optional(),
  /** Whether it is long and dense enough for measures of motion. */
  stable: z.array(z.boolean()),
});
export type TrackList = z.infer<typeof trackList>;
