import type { FrameSpan } from "../../contracts/primitives.ts";
import { type Interval, interval } from "../../models/metrics/bootstrap.ts";

/** What the gate did with one operation whose truth is known, in seconds. */
export interface Outcome {
  readonly total: number;
  /** The camera was outside the patient. */
  readonly outside: number;
  /** It was, and the gate left the picture uncovered. */
  readonly missed: number;
  /** It was inside, and the gate covered the picture. */
  readonly needless: number;
  /** Stays outside, and those of which any frame was left uncovered. */
  readonly excursions: number;
  readonly openExcursions: number;
}

/** Compares spans that the gate covers with those in which the camera was outside. Both rise and don't overlap. */
export function outcomeOf(covered: readonly FrameSpan[], outside: readonly FrameSpan[], frameCount: number, secondsPerFrame: number): Outcome {
  const length = (spans: readonly FrameSpan[]): number => spans.reduce((sum, { startFrame, endFrame }) => sum + endFrame - startFrame, 0);
  const shared = (span: FrameSpan): number =>
    covered.reduce((sum, other) => sum + Math.max(0, Math.min(span.endFrame, other.endFrame) - Math.max(span.startFrame, other.startFrame)), 0);
  const open = outside.map((span) => span.endFrame - span.startFrame - shared(span));
  const missed = open.reduce((sum, frames) => sum + frames, 0);
  return {
    total: frameCount * secondsPerFrame,
    outside: length(outside) * secondsPerFrame,
    missed: missed * secondsPerFrame,
    needless: (length(covered) - (length(outside) - missed)) * secondsPerFrame,
    excursions: outside.length,
    openExcursions: open.filter((frames) => frames > 0).length,
  };
}

/** Seconds of an hour of video, on average over operations of one length, with the interval of drawing whole operations again. */
export const perHour = (outcomes: readonly Outcome[], of: "missed" | "needless"): Interval =>
  interval(outcomes.map((outcome) => (3600 * outcome[of]) / outcome.total));

/**
 * The largest share of excursions of which something may stay uncovered, if of `count` none did: 95 % confidence. A resampling of
 * nothing but zeros can't tell ("rule of three": Hanley and Lippman-Hand, JAMA 249:1743, 1983; here exactly, not by its approximation).
 */
export const boundOfNone = (count: number): number => 1 - 0.05 ** (1 / count);
