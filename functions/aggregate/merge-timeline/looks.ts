import type { Analysis } from "../../../contracts/analysis.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import type { Finding } from "./results.ts";
import { inBodyTime, toSourceSpan, union, without } from "./spans.ts";
import { longestGapFrames, type Video } from "./video.ts";

export type LookedAt = NonNullable<Analysis["lookedAt"]>[number];
type Kind = LookedAt["kind"];

/** Spans that are told of one output at most. A network that misses frames every few seconds of a long operation has a thousand. */
const mostSpans = 500;

/**
 * Gathers what one network looked at from the frames of its results, in order and inside the body. A look stands for the time until the next
 * one where no more than the gap of a presence lies between; the last one for its step.
 */
export function looks({ producer, subject, frameStep }: Pick<Finding, "producer" | "subject" | "frameStep">, kind: Kind, video: Video) {
  const longestGap = longestGapFrames(video.rate, frameStep);
  const spans: FrameSpan[] = [];
  let step = frameStep ?? 1;
  let previous = Number.NEGATIVE_INFINITY;
  return {
    /** Takes a frame of the analysis rendition that was looked at. */
    add(frame: number): void {
      const last = spans.at(-1);
      if (last && frame - previous <= longestGap) {
        step = frameStep ?? frame - previous;
        last.endFrame = frame + step;
      } else spans.push({ startFrame: frame, endFrame: frame + step });
      previous = frame;
    },
    finish: (): LookedAt => lookedAt({ producer, subject }, kind, spans, video),
  };
}

/** What a measurement looked at that takes every frame inside the body from the first on, and may end before the last. */
export const measured = ({ producer, subject, framesDone }: Pick<Finding, "producer" | "subject" | "framesDone">, video: Video): LookedAt =>
  lookedAt({ producer, subject }, "cues", inBodyTime(video.gate, video.frameCount).spans(0, framesDone), video);

/** Of more spans than are told the longest: what is left out counts as not looked at, and nothing is claimed that nobody saw. */
function lookedAt(
  { producer, subject }: Pick<Finding, "producer" | "subject">,
  kind: Kind,
  seen: readonly FrameSpan[],
  { gate, frames, frameCount }: Video,
): LookedAt {
  const inside = seen.flatMap((one) => without({ ...one, endFrame: Math.min(one.endFrame, frameCount) }, gate));
  const lengthOf = ({ startFrame, endFrame }: FrameSpan) => endFrame - startFrame;
  // As a union: where the rendition shows a source frame twice, two spans may share it.
  const spans = union(inside.map((span) => toSourceSpan(span, frames)))
    .sort((a, b) => lengthOf(b) - lengthOf(a) || a.startFrame - b.startFrame)
    .slice(0, mostSpans)
    .sort((a, b) => a.startFrame - b.startFrame);
  return { producer: producer.id, kind, ...(subject !== null && { subject }), spans };
}
