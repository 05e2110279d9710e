import { z } from "zod";

/**
 * A video that MediaConvert or our reader of packet tables does not take is decoded by ffmpeg, in a task of its own, and encoded to a
 * copy that both take; from there on the copy is read where the source would be.
 */

/** Longest video that is analysed (Rekognition Developer Guide, "Guidelines and quotas in Amazon Rekognition", stored video). */
export const longestVideoHours = 6;

/** Size of the task: processors, memory, and a disk for the largest upload (100 GB) beside its copy, which {@link longestVideoHours} at 30 Mb/s bound to 81 GB. */
export const conversionTask = { cpuUnits: 8192, memoryMb: 16_384, scratchGib: 200 } as const;

/** Days that a copy lies: longer than the 14 days in which a failed analysis can be redriven. */
export const conversionDays = 30;

/**
 * Where the times of a video's frames come from. `stored`: the file holds a time for each frame. `derived`: it holds none, or not for
 * each; they follow from its frame rate and from the times that it does hold, and are right only as far as that rate is.
 */
export const frameTiming = z.enum(["stored", "derived"]);
export type FrameTiming = z.infer<typeof frameTiming>;

/** What was converted. */
export const convertedSource = z.strictObject({
  /** As MediaConvert's Probe names it (`avi`, `mpegps`, `mxf`, ...), else as ffmpeg does. */
  container: z.string().min(1),
  /** As ffmpeg names it: `mpeg4`, `mpeg2video`, `prores`, ... */
  codec: z.string().min(1),
  timing: frameTiming,
});

/** What came of a conversion, `conversion.json` beside the copy. UNREADABLE: the video can't be converted, and trying again can't help. */
export const conversion = z.discriminatedUnion("outcome", [
  z.strictObject({
    schema: z.literal("conversion/1.0"),
    outcome: z.literal("CONVERTED"),
    ...convertedSource.shape,
    frameCount: z.int().positive(),
    /** How long the task worked, its start apart. */
    wallSeconds: z.number().nonnegative(),
  }),
  z.strictObject({ schema: z.literal("conversion/1.0"), outcome: z.literal("UNREADABLE"), reasons: z.array(z.string().min(1)).min(1) }),
]);
export type Conversion = z.infer<typeof conversion>;
