import { z } from "zod";
import { runLengths } from "./analyser-result.ts";
import { caseId, runId, sha256, unit } from "./primitives.ts";

const span = { startFrame: z.int().nonnegative(), endFrame: z.int().positive() };

/**
 * What people say about an operation, whatever tool they said it in: boxes, masks, segments and events in source frames and
 * in pixels of the analysis's raster. Append-only: a set is never changed, a later one stands beside it.
 */
export const annotationSet = z.strictObject({
  schema: z.literal("annotation-set/1.0"),
  id: z.uuid(),
  caseId,
  /** The analysis whose frames and raster it speaks of, and that analysis's content. */
  runId,
  contentSha256: sha256,
  createdAt: z.iso.datetime(),
  /** The user pool's opaque identifier of who handed it in. */
  createdBy: z.string().min(1),
  producer: z.strictObject({
    kind: z.literal("human"),
    /** Format that the files came in ({@link file://./exports.ts}). */
    format: z.string().min(1),
    files: z.array(z.strictObject({ name: z.string().min(1), sha256 })).min(1),
  }),
  media: z.strictObject({ frameCount: z.int().positive(), width: z.int().positive(), height: z.int().positive() }),
  /** What `label` counts in. */
  labels: z.array(z.string().min(1)),
  /** Frames that were looked at, rising; null if the format does not tell: then a frame without boxes says nothing. */
  lookedAt: z.array(z.int().nonnegative()).nullable(),
  /** By frame. A machine's score stays with a box that a person left as it was; it is null of a box that a person drew. */
  boxes: z.array(
    z.strictObject({
      frame: z.int().nonnegative(),
      label: z.int().nonnegative(),
      x: z.int(),
      y: z.int(),
      width: z.int().positive(),
      height: z.int().positive(),
      score: unit.nullable(),
      /** Number that boxes of one track share; -1 if it belongs to none. */
      track: z.int().min(-1),
      /** Drawn by a tool between two frames that a person drew. */
      interpolated: z.boolean(),
    }),
  ),
  /** By frame. A grid of cells covers the raster, as in `maskChunk`. */
  masks: z.array(
    z.strictObject({
      frame: z.int().nonnegative(),
      label: z.int().nonnegative(),
      gridWidth: z.int().positive(),
      gridHeight: z.int().positive(),
      runs: runLengths,
      score: unit.nullable(),
      /** Corners of the polygons that it was drawn as, in whole pixels of the raster: what lies in one of them is of it. Absent of a mask of cells. */
      polygons: z
        .array(z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).min(3))
        .min(1)
        .optional(),
      /** Drawn by a tool between two frames that a person drew. */
      interpolated: z.literal(true).optional(),
    }),
  ),
  segments: z.array(z.strictObject({ id: z.string().min(1), level: z.enum(["shot", "phase", "step", "task", "action"]), label: z.string().min(1), ...span })),
  events: z.array(z.strictObject({ id: z.string().min(1), type: z.string().min(1), label: z.string().min(1), ...span })),
  /** What the import had to change, in sentences: rounded boxes, scaled pictures. */
  notes: z.array(z.string()),
});
export type AnnotationSet = z.infer<typeof annotationSet>;
