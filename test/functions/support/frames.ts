import { encodeRuns, type FrameTable } from "../../../contracts/frame-table.ts";
import type { Rational } from "../../../contracts/primitives.ts";

/** A frame table: source frames at `sourcePts` (frames of `rate`), shown by the renditions as listed. */
export const tableOf = (sourcePts: number[], analysis: number[], review?: number[], rate: Rational = { num: 25, den: 1 }): FrameTable => {
  const rendition = (sourceFrame: number[]) => ({
    timebase: { num: 1, den: 90000 },
    frameCount: sourceFrame.length,
    pts: encodeRuns(sourceFrame.map((_, n) => 126000 + n * 3600)),
    sourceFrame: encodeRuns(sourceFrame),
  });
  return {
    schema: "frame-table/1.0",
    source: { timebase: { num: rate.den, den: rate.num }, frameCount: sourcePts.length, pts: encodeRuns(sourcePts), variableFrameRate: false },
    renditions: { analysis: rendition(analysis), ...(review ? { review: rendition(review) } : {}) },
  };
};

export const count = (frames: number): number[] => Array.from({ length: frames }, (_, n) => n);

/** A list by its first value and the differences that follow. */
export function summed(first: number, differences: readonly number[]): number[] {
  const values = [first];
  for (const difference of differences) values.push((values.at(-1) as number) + difference);
  return values;
}
