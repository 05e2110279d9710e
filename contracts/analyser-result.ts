import { z } from "zod";
import { procedure } from "./case.ts";
import { calibration, type Model, subject } from "./model.ts";
import { sha256, unit } from "./primitives.ts";

/** What a branch of the state machine hands to the next step: where its results lie, never the results. */
export const envelope = z.strictObject({
  analyser: z.string(),
  status: z.enum(["SUCCEEDED", "FAILED", "SKIPPED"]),
  /** `s3://` prefix of the results, ending with a slash; null if there are none. A failed branch may have left some. */
  outputPrefix: z.string().nullable(),
  /** Share of the wanted work that was done, where the branch itself knows it; null where only its results tell. */
  coverage: unit.nullable(),
  /** US dollars at list price, where the branch itself knows what it used; null where only its results tell. */
  costUsd: z.number().nonnegative().nullable(),
  /** Seconds that the branch's job ran before it failed, as the service tells them; null or absent where it doesn't. What failed costs money, too. */
  jobSeconds: z.number().nonnegative().nullable().optional(),
  error: z.string().max(2000).nullable(),
});
export type Envelope = z.infer<typeof envelope>;

/** Something that produced values: a network or a measuring algorithm, named by version and digest. */
export const producer = z.strictObject({
  id: z.string(),
  kind: z.enum(["model", "algorithm", "service"]),
  name: z.string(),
  version: z.string(),
  /** Digest of the weights, or of the algorithm's parameters. Null for a service that tells none. */
  digest: sha256.nullable(),
  dataset: z.string().nullable(),
  threshold: unit.nullable(),
  /** Null if its scores are not calibrated: high means surer, and no more. */
  calibration: calibration.nullable(),
  syntheticOnly: z.boolean(),
});
export type Producer = z.infer<typeof producer>;

/** A network as a producer. */
export const modelProducer = (model: Model): Producer => ({
  id: model.id,
  kind: "model",
  name: model.name,
  version: model.version,
  digest: model.sha256,
  dataset: model.dataset,
  threshold: model.threshold,
  calibration: model.calibration,
  syntheticOnly: model.syntheticOnly,
});

/** The technical cues. Clinical events have other types and come from models. */
export const cueType = z.enum(["shot", "black", "freeze", "blur", "overexposed", "underexposed"]);
export type CueType = z.infer<typeof cueType>;

/**
 * `result.json` of an analyser: written last, so that what it counts is there. Every line of an output's file that `framesDone` counts is true, whether the output SUCCEEDED or
 * FAILED midway; one of a run that was killed lists no outputs.
 * Frames in all of an analyser's files are frames of the analysis rendition.
 */
export const analyserResult = z.strictObject({
  schema: z.literal("analyser-result/1.0"),
  analyser: z.string(),
  outputs: z.array(
    z.strictObject({
      producer,
      status: z.enum(["SUCCEEDED", "FAILED"]),
      error: z.string().nullable(),
      kind: z.enum(["classifications", "detections", "masks", "cues", "sprites", "tags"]),
      /** What classifications, detections and masks are about; null of cues, sprites and tags. */
      subject: subject.nullable(),
      /** What scores and label indexes refer to, in the model's order. Empty for cues, sprites and tags. */
      labels: z.array(z.string()),
      /** See `contracts/model.ts`; absent where the network says nothing. */
      meanPhaseSeconds: z.number().positive().optional(),
      procedures: z.array(procedure).min(1).optional(),
      /** File beside `result.json`. */
      file: z.string(),
      /** Frames this producer looked at, and frames it was asked to look at. */
      framesDone: z.int().nonnegative(),
      framesWanted: z.int().nonnegative(),
      /** Frames between two that it was to look at, where it looked at samples; absent of cues, sprites and tags, and from results of older containers. */
      frameStep: z.int().positive().optional(),
    }),
  ),
  /** Processor seconds and bytes, for the cost estimate and the benchmark. */
  usage: z.strictObject({ wallSeconds: z.number().nonnegative(), cpuSeconds: z.number().nonnegative(), peakMemoryBytes: z.int().nonnegative() }),
});
export type AnalyserResult = z.infer<typeof analyserResult>;

/** Numbers of an embedding, at most: more say little that fewer do not, in a line of every frame. */
export const mostNumbers = 64;
/** Where a frame lies among others, as the network sees it: finite numbers, as many in every line of a file. Absent of a network that gives none. */
export const embedding = z.array(z.number()).min(1).max(mostNumbers);
const ofFrame = { frame: z.int().nonnegative(), pts: z.int() };
/** Last in every line, as the container writes it: a line that was read and is written again stays the same. */
const embedded = { embedding: embedding.optional() };

/** A line of a `classifications` file (JSON Lines, rising frames): `scores` in the order of the model's labels. */
export const classificationLine = z.strictObject({ ...ofFrame, scores: z.array(unit), ...embedded });
export type ClassificationLine = z.infer<typeof classificationLine>;

/**
 * A line of a `detections` file (JSON Lines, rising frames). A box is `[label index, score, x, y, width, height]`,
 * in whole pixels of the analysis rendition. A frame that was looked at and holds nothing has an empty list.
 */
export const detectionLine = z.strictObject({
  ...ofFrame,
  boxes: z.array(z.tuple([z.int().nonnegative(), unit, z.int(), z.int(), z.int().positive(), z.int().positive()])),
  ...embedded,
});
export type DetectionLine = z.infer<typeof detectionLine>;

/**
 * Run lengths of a mask, column by column from the top left, beginning with a run of zeros: COCO's uncompressed RLE
 * (`cocoapi`, `maskApi.h`). They add up to width times height of the grid.
 */
export const runLengths = z.array(z.int().nonnegative()).min(1);

/**
 * A line of a `masks` file (JSON Lines, rising frames). A mask is `[label index, score, run lengths]` over a grid of
 * `gridWidth` by `gridHeight` cells that covers the whole picture. A frame that holds nothing has an empty list.
 */
export const maskLine = z.strictObject({
  ...ofFrame,
  gridWidth: z.int().positive(),
  gridHeight: z.int().positive(),
  masks: z.array(z.tuple([z.int().nonnegative(), unit, runLengths])),
  ...embedded,
});
export type MaskLine = z.infer<typeof maskLine>;

/** A line of a `cues` file (JSON Lines, rising start): a span of rendition frames; `score` is the strength in 0..1. A shot is the span between two cuts. */
export const cueLine = z.strictObject({ type: cueType, startFrame: z.int().nonnegative(), endFrame: z.int().positive(), score: unit });
export type CueLine = z.infer<typeof cueLine>;

/**
 * A line of a `tags` file (JSON Lines, rising start): a span of rendition frames in which a service saw something that it has a
 * word for. The words are the service's own and general ("Person", "Glove"); none of them is a finding.
 */
export const tagLine = z.strictObject({ label: z.string().min(1).max(200), startFrame: z.int().nonnegative(), endFrame: z.int().positive(), score: unit });
export type TagLine = z.infer<typeof tagLine>;

/** How thumbnails lie on sheets. */
const sheetFields = {
  columns: z.int().positive(),
  rows: z.int().positive(),
  tileWidth: z.int().positive(),
  tileHeight: z.int().positive(),
  /** Files beside this one. */
  sheets: z.array(z.string()),
};

/**
 * `sprites.json`: sheets of thumbnails for scrubbing, and the poster. Sheet `i` shows thumbnails `i*columns*rows` onwards, row by row.
 */
export const sprites = z.strictObject({
  schema: z.literal("sprites/1.0"),
  ...sheetFields,
  /** Rendition frames between two thumbnails. */
  frameStep: z.int().positive(),
  tileCount: z.int().nonnegative(),
  /** The same thumbnails, larger: for language models that are shown pictures. Absent where none is, and from those of older versions. */
  stills: z.strictObject(sheetFields).optional(),
  /**
   * The sharpest thumbnail's frame (of the rendition) as a larger picture, in a file beside this one, and its size. Null if none shows
   * the inside of the patient; absent from those of older versions.
   */
  poster: z.strictObject({ file: z.string(), frame: z.int().nonnegative(), width: z.int().positive(), height: z.int().positive() }).nullable().optional(),
});
export type Sprites = z.infer<typeof sprites>;
