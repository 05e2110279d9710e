import type { DetectionLine } from "../../../contracts/analyser-result.ts";
import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";

/** A gap of up to this long is a missed detection, not an instrument that left. */
export const longestGapSeconds = 1;
/** Anything shorter is a false detection, not an instrument that was used. */
export const shortestSeconds = 0.5;

/** An instrument's presence. `confidence` is the mean over its samples of the best box's score. */
export interface InstrumentSpan extends FrameSpan {
  label: number;
  confidence: number;
}

interface Open extends FrameSpan {
  scores: number;
  samples: number;
}

/**
 * Gathers each label's spans of presence from the frames that were looked at, in order. A sample stands for the time
 * until the next one; gaps are closed, then what is too short is dropped. Rendition frames throughout.
 */
export function instrumentSpans(labelCount: number, rate: Rational) {
  const framesIn = (seconds: number) => (seconds * rate.num) / rate.den;
  const longestGap = framesIn(longestGapSeconds);
  const shortest = framesIn(shortestSeconds);
  const open = new Array<Open | undefined>(labelCount).fill(undefined);
  const spans: InstrumentSpan[] = [];
  let previous: { frame: number; present: ReadonlySet<number> } | undefined;
  let step = 1;

  const extendPrevious = (until: number) => {
    for (const label of previous?.present ?? []) (open[label] as Open).endFrame = until;
  };
  const close = (label: number) => {
    const span = open[label];
    open[label] = undefined;
    if (!span || span.endFrame - span.startFrame < shortest) return;
    spans.push({ label, startFrame: span.startFrame, endFrame: span.endFrame, confidence: span.scores / span.samples });
  };

  return {
    /** Takes one sample: the boxes that count as detections. */
    add(frame: number, boxes: DetectionLine["boxes"]): void {
      if (previous) {
        const distance = frame - previous.frame;
        if (distance <= longestGap) {
          step = distance;
          extendPrevious(frame);
        } else extendPrevious(previous.frame + step);
      }
      const best = new Map<number, number>();
      for (const [label, score] of boxes) best.set(label, Math.max(best.get(label) ?? 0, score));
      for (const [label, score] of best) {
        const span = open[label];
        if (span && frame - span.endFrame > longestGap) close(label);
        const going = open[label];
        if (going) {
          going.scores += score;
          going.samples++;
        } else open[label] = { startFrame: frame, endFrame: frame + 1, scores: score, samples: 1 };
      }
      previous = { frame, present: new Set(best.keys()) };
    },
    /** All spans, by start and label. `frameCount` is the end of the rendition. */
    finish(frameCount: number): InstrumentSpan[] {
      if (previous) extendPrevious(Math.min(previous.frame + step, frameCount));
      for (let label = 0; label < labelCount; label++) close(label);
      return spans.sort((a, b) => a.startFrame - b.startFrame || a.label - b.label);
    },
  };
}
