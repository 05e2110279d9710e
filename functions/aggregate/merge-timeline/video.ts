import type { FrameIndex } from "../../../contracts/frame-table.ts";
import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";

/** The video of one run, as every part of the merge needs it. */
export interface Video {
  caseId: string;
  runId: string;
  frames: FrameIndex;
  /** Frames of the analysis rendition, and how many there are a second. */
  frameCount: number;
  rate: Rational;
  raster: { width: number; height: number };
  /** Spans outside the body, in frames of the analysis rendition; rising, apart. */
  gate: readonly FrameSpan[];
}

/** Longest time in which nothing is seen of what is still there, or in which nobody looks: ByteTrack keeps a track for 30 frames at 30 fps. */
const longestGapSeconds = 1;

/**
 * That time in frames of the analysis rendition, in whole steps of a network that looks every `frameStep` frames: at 30000/1001 frames a second
 * one look "every second" is 30 frames after the other, which is a little more than a second, and no look is missing between them. A
 * network that looks less often than once a second misses nothing from one look to the next either.
 */
export function longestGapFrames({ num, den }: Rational, frameStep = 1): number {
  return frameStep * Math.max(1, Math.ceil((longestGapSeconds * num) / (den * frameStep)));
}

/** A time as a number of frames of the analysis rendition, not rounded. */
export const framesIn = (seconds: number, { num, den }: Rational): number => (seconds * num) / den;
