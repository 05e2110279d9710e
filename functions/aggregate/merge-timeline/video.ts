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

/** A time as a number of frames of the analysis rendition, not rounded. */
export const framesIn = (seconds: number, { num, den }: Rational): number => (seconds * num) / den;
