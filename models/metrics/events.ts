import type { LabelledSpan } from "./frames.ts";

/** How well events are found, each as a whole. */
export interface EventMetrics {
  /** Null if none was found. */
  readonly precision: number | null;
  /** Null if none was there. */
  readonly recall: number | null;
  /** Mean distance in seconds between the onsets of those that were found rightly; null if none was. */
  readonly onsetErrorSeconds: number | null;
}

/**
 * A found event is right if it begins within a tolerance of a true one of the same type, nearest pairs first, each event in one
 * pair at most.
 */
export function eventMetrics(truth: readonly LabelledSpan[], found: readonly LabelledSpan[], secondsPerFrame: number, toleranceSeconds: number): EventMetrics {
  const pairs = truth
    .flatMap((event, i) =>
      found.flatMap((other, j) => (other.label === event.label ? [{ i, j, seconds: Math.abs(other.startFrame - event.startFrame) * secondsPerFrame }] : [])),
    )
    .filter(({ seconds }) => seconds <= toleranceSeconds)
    .sort((a, b) => a.seconds - b.seconds || a.i - b.i || a.j - b.j);
  const [usedTruth, usedFound] = [new Set<number>(), new Set<number>()];
  let seconds = 0;
  for (const pair of pairs) {
    if (usedTruth.has(pair.i) || usedFound.has(pair.j)) continue;
    usedTruth.add(pair.i);
    usedFound.add(pair.j);
    seconds += pair.seconds;
  }
  const right = usedTruth.size;
  return {
    precision: found.length === 0 ? null : right / found.length,
    recall: truth.length === 0 ? null : right / truth.length,
    onsetErrorSeconds: right === 0 ? null : seconds / right,
  };
}
