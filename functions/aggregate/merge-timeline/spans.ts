import type { FrameIndex } from "../../../contracts/frame-table.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";

const order = (a: FrameSpan, b: FrameSpan): number => a.startFrame - b.startFrame || a.endFrame - b.endFrame;

/** All frames that lie in any of the spans, as spans that rise and neither touch nor overlap. */
export function union(spans: readonly FrameSpan[]): FrameSpan[] {
  const joined: { startFrame: number; endFrame: number }[] = [];
  for (const { startFrame, endFrame } of [...spans].sort(order)) {
    const last = joined.at(-1);
    if (last && startFrame <= last.endFrame) last.endFrame = Math.max(last.endFrame, endFrame);
    else joined.push({ startFrame, endFrame });
  }
  return joined;
}

/** What is left of a span outside the given ones. `holes` rise and don't overlap. */
export function without<Span extends FrameSpan>(span: Span, holes: readonly FrameSpan[]): Span[] {
  const left: Span[] = [];
  let startFrame = span.startFrame;
  for (const hole of holes) {
    if (hole.endFrame <= startFrame) continue;
    if (hole.startFrame >= span.endFrame) break;
    if (hole.startFrame > startFrame) left.push({ ...span, startFrame, endFrame: hole.startFrame });
    startFrame = hole.endFrame;
  }
  if (startFrame < span.endFrame) left.push({ ...span, startFrame });
  return left;
}

/** Whether a frame lies in one of the spans. */
export const isInside = (frame: number, spans: readonly FrameSpan[]): boolean => spans.some((span) => span.startFrame <= frame && frame < span.endFrame);

/**
 * A span of the analysis rendition as a span of the source. Neighbouring spans stay neighbours: source frames that the
 * rendition dropped belong to the span before them.
 */
export function toSourceSpan<Span extends FrameSpan>(span: Span, frames: FrameIndex): Span {
  const renditionCount = frames.rendition("analysis").pts.length;
  const startFrame = frames.toSource("analysis", span.startFrame);
  const endFrame = span.endFrame >= renditionCount ? frames.source.pts.length : frames.toSource("analysis", span.endFrame);
  return { ...span, startFrame, endFrame: Math.max(endFrame, startFrame + 1) };
}

/** The time inside the body, counted through: as if the spans outside had been cut out. In frames of the rendition. */
export interface InBodyTime {
  length: number;
  /** How much of it has gone by before a frame. */
  at(frame: number): number;
  /** A span of it as spans of the rendition, one after the other. */
  spans(start: number, end: number): FrameSpan[];
}

export function inBodyTime(gate: readonly FrameSpan[], frameCount: number): InBodyTime {
  let length = 0;
  const pieces = without({ startFrame: 0, endFrame: frameCount }, gate).map((piece) => {
    const start = length;
    length += piece.endFrame - piece.startFrame;
    return { ...piece, start };
  });
  return {
    length,
    at: (frame) => {
      const piece = pieces.findLast(({ startFrame }) => startFrame <= frame);
      return piece ? piece.start + Math.min(frame, piece.endFrame) - piece.startFrame : 0;
    },
    spans: (start, end) =>
      pieces.flatMap((piece) => {
        const startFrame = piece.startFrame + Math.max(0, start - piece.start);
        const endFrame = Math.min(piece.endFrame, piece.startFrame + end - piece.start);
        return startFrame < endFrame ? [{ startFrame, endFrame }] : [];
      }),
  };
}
