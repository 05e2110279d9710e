import { z } from "zod";
import { producer } from "./analyser-result.ts";
import { frameSpan, unit } from "./primitives.ts";

/**
 * The privacy gate's verdict: the spans in which the camera looked outside the patient.
 * Frames are frames of the analysis rendition. Written by `prepare/decide-gate` before any other analyser runs.
 */
export const gate = z.strictObject({
  schema: z.literal("gate/1.0"),
  producer,
  /** Spans that no analyser sees and that the review rendition covers. Padded by the sampling step on both sides. */
  outOfBody: z.array(z.strictObject({ ...frameSpan.shape, score: unit })),
  /** Frames that were looked at, of all frames. */
  framesDone: z.int().positive(),
  frameCount: z.int().positive(),
});
export type Gate = z.infer<typeof gate>;
