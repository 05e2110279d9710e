import type { FrameSpan } from "../../../contracts/primitives.ts";
import { union, without } from "../merge-timeline/spans.ts";

/*
 * Sets of frames as half-open spans. What these functions give rises, and its spans neither touch nor overlap.
 */

export { union };

/** All frames that lie in both. */
export function intersection(a: readonly FrameSpan[], b: readonly FrameSpan[]): FrameSpan[] {
  const [left, right] = [union(a), union(b)];
  const shared: FrameSpan[] = [];
  for (let i = 0, k = 0; i < left.length && k < right.length; ) {
    const [one, other] = [left[i] as FrameSpan, right[k] as FrameSpan];
    const startFrame = Math.max(one.startFrame, other.startFrame);
    const endFrame = Math.min(one.endFrame, other.endFrame);
    if (startFrame < endFrame) shared.push({ startFrame, endFrame });
    if (one.endFrame < other.endFrame) i++;
    else k++;
  }
  return shared;
}

/** All frames of `a` that do not lie in `b`. */
export function difference(a: readonly FrameSpan[], b: readonly FrameSpan[]): FrameSpan[] {
  const holes = union(b);
  return union(a).flatMap((span) => without(span, holes));
}

/** All frames that lie in at least two of the sets. */
export function twice(sets: readonly (readonly FrameSpan[])[]): FrameSpan[] {
  const edges = sets.flatMap((set) => union(set).flatMap(({ startFrame, endFrame }) => [[startFrame, 1] as const, [endFrame, -1] as const]));
  // At the same frame what ends ends before what begins: half-open spans that touch do not overlap.
  edges.sort(([a, up], [b, down]) => a - b || up - down);
  const found: FrameSpan[] = [];
  let depth = 0;
  let since = 0;
  for (const [frame, change] of edges) {
    if (depth + change === 2 && change === 1) since = frame;
    if (depth === 2 && change === -1 && frame > since) found.push({ startFrame: since, endFrame: frame });
    depth += change;
  }
  return union(found);
}

/** The spans that share a frame with one. */
export const touching = <Span extends FrameSpan>(spans: readonly Span[], { startFrame, endFrame }: FrameSpan): Span[] =>
  spans.filter((span) => span.startFrame < endFrame && startFrame < span.endFrame);
