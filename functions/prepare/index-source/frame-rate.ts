import type { Rational } from "../../../contracts/primitives.ts";

/** Rates that cameras and recorders make, frames per second. */
const standardRates: readonly Rational[] = [
  { num: 24000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30000, den: 1001 },
  { num: 30, den: 1 },
  { num: 48, den: 1 },
  { num: 50, den: 1 },
  { num: 60000, den: 1001 },
  { num: 60, den: 1 },
  { num: 5, den: 1 },
  { num: 10, den: 1 },
  { num: 12, den: 1 },
  { num: 15, den: 1 },
  { num: 20, den: 1 },
  { num: 90, den: 1 },
  { num: 100, den: 1 },
  { num: 120, den: 1 },
];

/** A single frame tells no rate; its rendition is made at this one unless its duration says another. */
const rateOfOneFrame: Rational = { num: 25, den: 1 };

/**
 * The most common frame rate. Differences within 5 % (at least one tick, for coarse timebases) of the commonest one are
 * averaged, and the result snapped to the nearest standard rate if that is within 0.1 %, else rounded to 1/1000 frame per second.
 */
export function nominalFrameRate(pts: Float64Array, timebase: Rational, lastDuration: number): Rational {
  const differences = new Map<number, number>();
  for (let i = 1; i < pts.length; i++) {
    const difference = (pts[i] as number) - (pts[i - 1] as number);
    if (difference > 0) differences.set(difference, (differences.get(difference) ?? 0) + 1);
  }
  if (differences.size === 0 && lastDuration > 0) differences.set(lastDuration, 1);
  if (differences.size === 0) return rateOfOneFrame;
  const [mode] = [...differences].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  const near = [...differences].filter(([difference]) => Math.abs(difference - mode) <= Math.max(1, mode * 0.05));
  const count = near.reduce((sum, [, times]) => sum + times, 0);
  const ticks = near.reduce((sum, [difference, times]) => sum + difference * times, 0);
  return snapped((count * timebase.den) / (ticks * timebase.num));
}

function snapped(rate: number): Rational {
  const error = ({ num, den }: Rational) => Math.abs((rate * den) / num - 1);
  const nearest = standardRates.reduce((best, candidate) => (error(candidate) < error(best) ? candidate : best));
  return error(nearest) <= 0.001 ? nearest : { num: Math.max(1, Math.round(rate * 1000)), den: 1000 };
}

/** Whether some frame is more than a tick away from where a constant rate would put it. */
export function isVariable(pts: Float64Array, timebase: Rational, rate: Rational): boolean {
  const ticksPerFrame = (rate.den * timebase.den) / (rate.num * timebase.num);
  const first = pts[0] as number;
  return pts.some((value, frame) => Math.abs(value - first - frame * ticksPerFrame) > 1);
}
