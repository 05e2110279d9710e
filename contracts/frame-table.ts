import { z } from "zod";
import { rational } from "./primitives.ts";

export { decodeRuns, encodeRuns, FrameIndex, lastNotAfter, type RenditionName } from "./frame-index.ts";

/**
 * A rising list of integers, run-length coded by difference: `first`, then each `[difference, times]` in turn.
 * An hour of constant frame rate is one pair; an irregular list costs a pair a value and loses nothing.
 */
export const integerRuns = z.strictObject({
  first: z.int(),
  runs: z.array(z.tuple([z.int().nonnegative(), z.int().positive()])),
});
export type IntegerRuns = z.infer<typeof integerRuns>;

const track = z.strictObject({
  /** Seconds per tick. */
  timebase: rational,
  frameCount: z.int().positive(),
  /** Presentation time of every frame in ticks, in presentation order. */
  pts: integerRuns,
});

/**
 * The frame table: which frame is shown when, in the source and in every rendition made from it.
 * Times are integer ticks of the track's own timebase; no float seconds are stored anywhere.
 */
export const frameTable = z.strictObject({
  schema: z.literal("frame-table/1.0"),
  source: z.strictObject({ ...track.shape, variableFrameRate: z.boolean() }),
  renditions: z.partialRecord(
    z.enum(["analysis", "review"]),
    z.strictObject({
      ...track.shape,
      /** For each rendition frame, the source frame it shows. */
      sourceFrame: integerRuns,
    }),
  ),
});
export type FrameTable = z.infer<typeof frameTable>;
