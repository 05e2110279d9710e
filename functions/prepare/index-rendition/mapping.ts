import type { Rational } from "../../../contracts/primitives.ts";
import { BrokenContract } from "../../runtime/errors.ts";

/** Presentation times of a track, in ticks of its timebase. */
export interface Times {
  timebase: Rational;
  pts: Float64Array;
}

/**
 * For each frame of a constant-rate rendition, the source frame it shows (DUPLICATE_DROP): frame `n` shows the source
 * frame whose time since the source's first frame is nearest to `n / rate`, the later of two that are equally near.
 * A source of constant rate maps frame by frame, whatever its timebase. All arithmetic is on integers.
 */
export function sourceFrames(source: Times, rate: Rational, frameCount: number): Float64Array {
  const { pts, timebase } = source;
  const ticksOf = (frame: number) => BigInt((pts[frame] as number) - (pts[0] as number));
  // Frame i is nearer than the one before from the middle between both: t(i-1) + t(i) <= 2 n / rate.
  const perTick = BigInt(timebase.num) * BigInt(rate.num);
  const perFrame = 2n * BigInt(timebase.den) * BigInt(rate.den);
  const isShownBy = (frame: number, n: number) => (ticksOf(frame - 1) + ticksOf(frame)) * perTick <= BigInt(n) * perFrame;
  const shown = new Float64Array(frameCount);
  let frame = 0;
  for (let n = 0; n < frameCount; n++) {
    while (frame + 1 < pts.length && isShownBy(frame + 1, n)) frame++;
    shown[n] = frame;
  }
  return shown;
}

/**
 * Throws BrokenContract unless the rendition has the given constant rate (each frame within a tick of the coarser
 * timebase of its place) and lasts as long as the source, give or take two frames at the end, where converters differ.
 */
export function assertRendition(rendition: Times, rate: Rational, source: { timebase: Rational; durationTicks: number }): void {
  const { pts, timebase } = rendition;
  const ticksPerFrame = (rate.den * timebase.den) / (rate.num * timebase.num);
  const tolerance = Math.max(1, (source.timebase.num * timebase.den) / (source.timebase.den * timebase.num));
  const first = pts[0] as number;
  const astray = pts.findIndex((value, frame) => Math.abs(value - first - frame * ticksPerFrame) > tolerance);
  if (astray >= 0) {
    throw new BrokenContract(`Frame ${astray} of the rendition is at tick ${pts[astray]}, not where ${rate.num}/${rate.den} frames per second put it.`);
  }
  const wanted = (source.durationTicks * source.timebase.num * rate.num) / (source.timebase.den * rate.den);
  if (Math.abs(pts.length - wanted) > 2) throw new BrokenContract(`The rendition has ${pts.length} frames; the source lasts for ${wanted.toFixed(1)}.`);
}
