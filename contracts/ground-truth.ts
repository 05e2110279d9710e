import { z } from "zod";
import { procedure } from "./case.ts";
import { rational } from "./primitives.ts";

const span = { startFrame: z.int().nonnegative(), endFrame: z.int().positive() };

/** What a synthetic or annotated operation really shows. Frames are frames of the video it lies beside. */
export const groundTruth = z.strictObject({
  schema: z.literal("surgical-ground-truth/1.0"),
  media: z.strictObject({ width: z.int().positive(), height: z.int().positive(), frameRate: rational, frameCount: z.int().positive() }),
  /** How the video was made: generator, version, seed, and which procedure it shows. Drawings before 1.2.0 do not name it: they are all cholecystectomies. */
  origin: z.strictObject({ generator: z.string(), version: z.string(), seed: z.int(), procedure: procedure.optional() }),
  outOfBody: z.array(z.strictObject(span)),
  segments: z.array(z.strictObject({ level: z.enum(["phase", "step"]), label: z.string(), ...span })),
  events: z.array(
    z.strictObject({ type: z.enum(["smoke", "bleeding", "fog", "black", "freeze", "blur", "overexposed", "underexposed", "shake", "cut"]), ...span }),
  ),
  instrumentLabels: z.array(z.string()),
  /** Where a file of masks lies beside the video (`masks.gray`, a byte a pixel, frame by frame): what the bytes 1, 2, ... stand for. 0 is nothing of these. */
  maskLabels: z.array(z.string()).optional(),
  /** Per frame with instruments: `[frame, [[label index, x, y, width, height], ...]]`, pixels. Frames without instruments are absent. */
  instruments: z.array(z.tuple([z.int().nonnegative(), z.array(z.tuple([z.int().nonnegative(), z.int(), z.int(), z.int().positive(), z.int().positive()]))])),
});
export type GroundTruth = z.infer<typeof groundTruth>;
