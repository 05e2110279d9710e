import type { FrameSpan } from "../../contracts/primitives.ts";

/** The frames of `[0, frameCount)` that lie in none of the spans, as rising spans that don't touch. */
export function outside(spans: readonly FrameSpan[], frameCount: number): FrameSpan[] {
  const free: FrameSpan[] = [];
  let start = 0;
  for (const span of [...spans].sort((a, b) => a.startFrame - b.startFrame)) {
    if (span.startFrame > start) free.push({ startFrame: start, endFrame: Math.min(span.startFrame, frameCount) });
    start = Math.max(start, span.endFrame);
    if (start >= frameCount) return free;
  }
  free.push({ startFrame: start, endFrame: frameCount });
  return free;
}

/** Whether a span holds the frame. */
export const within = (spans: readonly FrameSpan[], frame: number): boolean => spans.some((span) => frame >= span.startFrame && frame < span.endFrame);

/** How many of the frames 0, step, 2 step, ... below `frameCount` lie in none of the spans. */
export function countSampled(step: number, frameCount: number, spans: readonly FrameSpan[]): number {
  let count = 0;
  for (const free of outside(spans, frameCount)) count += Math.ceil(free.endFrame / step) - Math.ceil(free.startFrame / step);
  return count;
}
