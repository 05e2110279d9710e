import { z } from "zod";
import { producer } from "./analyser-result.ts";
import { frameSpan, unit } from "./primitives.ts";

/** A box in shares of the picture, from its top-left corner: the same box in every rendition. */
const box = { x: unit, y: unit, width: unit, height: unit };

/** Seconds between two pictures that are searched for burnt-in text. A name on a screen stays for minutes; a tenth of the pictures costs a tenth. */
export const pictureStepSeconds = 10;
/** Pictures that one call of `prepare/search-pictures` searches: 20 minutes of video. */
export const picturesPerPart = 120;

/**
 * Calls of DetectText that an account has a second, in the Regions with the fewest (AWS General Reference, "Amazon Rekognition endpoints and
 * quotas"; the figure is from memory). All analyses that run at once share them.
 */
export const textCallsPerSecond = 5;

/**
 * What was found in one part of the pictures: where text stands, never what it says. Pictures that lie outside the patient
 * are nobody's to search and not listed. Written by `prepare/search-pictures`.
 */
export const pictureSearch = z.strictObject({
  schema: z.literal("picture-search/1.0"),
  part: z.int().nonnegative(),
  pictures: z.array(
    z.strictObject({
      index: z.int().nonnegative(),
      frame: z.int().nonnegative(),
      text: z.array(z.strictObject({ ...box, score: unit })),
      /** True of a picture that MediaConvert made none of: nobody could search it. Only the video's last may be absent. */
      absent: z.literal(true).optional(),
    }),
  ),
});
export type PictureSearch = z.infer<typeof pictureSearch>;
export type TextBox = PictureSearch["pictures"][number]["text"][number];

/** A region that holds burnt-in text for a while. The text itself is kept nowhere. */
export const textRegion = z.strictObject({ ...frameSpan.shape, ...box, score: unit });
export type TextRegion = z.infer<typeof textRegion>;

/** How long the camera is outside without the gate noticing, as measured on operations that the network never saw. */
export const missedEstimate = z.strictObject({
  /** Seconds of every hour of video. */
  secondsPerHour: z.number().nonnegative(),
  /** Score from which the network says "outside": the estimate holds for no other. */
  threshold: unit,
  /** What it was measured on, in one sentence. */
  basis: z.string().min(1),
});
export type MissedEstimate = z.infer<typeof missedEstimate>;

/**
 * The privacy gate's verdict: the spans in which the camera looked outside the patient, and the regions with burnt-in text.
 * Frames are frames of the analysis rendition. Written by `prepare/decide-gate` before any other analyser runs.
 */
export const gate = z.strictObject({
  schema: z.literal("gate/1.1"),
  producer,
  /** Spans that no analyser sees and that the review rendition covers. Padded by the sampling step on both sides. */
  outOfBody: z.array(z.strictObject({ ...frameSpan.shape, score: unit })),
  /** Regions that the review rendition covers. Each lasts from the picture before it was seen to the picture after. */
  text: z.array(textRegion),
  /** Pictures that were searched for text, and how many had some; null where the environment searches none. */
  pictures: z.strictObject({ searched: z.int().nonnegative(), withText: z.int().nonnegative(), stepSeconds: z.number().positive() }).nullable(),
  /** Null if the network's makers measured nothing. */
  missedEstimate: missedEstimate.nullable(),
  /** Frames that were looked at, of all frames. */
  framesDone: z.int().positive(),
  frameCount: z.int().positive(),
});
export type Gate = z.infer<typeof gate>;
