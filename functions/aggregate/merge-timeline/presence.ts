import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";
import type { EventDraft } from "./items.ts";
import type { Finding } from "./results.ts";
import { toSourceSpan, without } from "./spans.ts";
import { framesIn, longestGapFrames, type Video } from "./video.ts";

/** Seconds for which a thing must be seen: a detector imagines one for some frames. */
export const shortestPresence = 0.5;

/** A label's presence. `confidence` is the mean over its samples of the best score. Rendition frames. */
export interface PresenceSpan extends FrameSpan {
  label: number;
  confidence: number;
}

interface Open extends FrameSpan {
  scores: number;
  samples: number;
}

/** A label that is seen, and how surely; boxes and masks begin like this. */
export type Sighting = readonly [label: number, score: number, ...unknown[]];

/**
 * Gathers each label's spans of presence from the frames that were looked at, in order. A sample stands for the time
 * until the next one, and the last one before a gap for a step; gaps of a second are closed, then what is shorter than `shortestSeconds` is
 * dropped. Rendition frames throughout.
 */
export function presenceSpans(labelCount: number, rate: Rational, frameStep?: number, shortestSeconds = shortestPresence) {
  const longestGap = longestGapFrames(rate, frameStep);
  const shortest = framesIn(shortestSeconds, rate);
  const open = new Array<Open | undefined>(labelCount).fill(undefined);
  const best = new Float64Array(labelCount);
  const spans: PresenceSpan[] = [];
  let previous = -1;
  let present: number[] = [];
  // Of a network that doesn't say its step: the distance of the last two looks.
  let step = frameStep ?? 1;

  const extendPresent = (until: number) => {
    for (const label of present) (open[label] as Open).endFrame = until;
  };
  const close = (label: number) => {
    const span = open[label];
    open[label] = undefined;
    if (!span || span.endFrame - span.startFrame < shortest) return;
    spans.push({ label, startFrame: span.startFrame, endFrame: span.endFrame, confidence: span.scores / span.samples });
  };

  return {
    /** Takes one sample: what counts as seen. */
    add(frame: number, sightings: readonly Sighting[]): void {
      if (previous >= 0) {
        const distance = frame - previous;
        if (distance <= longestGap) {
          step = frameStep ?? distance;
          extendPresent(frame);
        } else extendPresent(previous + step);
      }
      present = [];
      for (const [label, score] of sightings) {
        if (!present.includes(label)) {
          present.push(label);
          best[label] = score;
        } else if (score > (best[label] as number)) best[label] = score;
      }
      for (const label of present) {
        const span = open[label];
        if (span && frame - span.endFrame > longestGap) close(label);
        const going = open[label];
        if (going) {
          going.scores += best[label] as number;
          going.samples++;
        } else open[label] = { startFrame: frame, endFrame: frame + 1, scores: best[label] as number, samples: 1 };
      }
      previous = frame;
    },
    /** All spans, by start and label. `frameCount` is the end of the rendition. */
    finish(frameCount: number): PresenceSpan[] {
      if (previous >= 0) extendPresent(Math.min(previous + step, frameCount));
      for (let label = 0; label < labelCount; label++) close(label);
      return spans.sort((a, b) => a.startFrame - b.startFrame || a.label - b.label);
    },
  };
}

/** When one producer saw what: `type` of the event, its label in words, and the gap (in frames) over which it would have seen one thing. */
export interface Presence extends FrameSpan {
  type: string;
  label: string;
  confidence: number;
  producer: string;
  longestGap: number;
}

/** One producer's spans with the words for them. */
export const inWords = (spans: readonly PresenceSpan[], type: string, { labels, producer, frameStep }: Finding, { rate }: Pick<Video, "rate">): Presence[] =>
  spans.map(({ label, ...span }) => ({ ...span, type, label: labels[label] as string, producer: producer.id, longestGap: longestGapFrames(rate, frameStep) }));

/**
 * Events of all producers' spans: where several saw the same thing at the same time, it is one event, of the producer
 * that saw it longest; its confidence is their mean, weighted by time. In source frames, without what lies outside the body.
 */
export function presenceEvents(found: readonly Presence[], { frames, gate }: Video): EventDraft[] {
  const byLabel = Map.groupBy(found, ({ type, label }) => `${type}\n${label}`);
  return [...byLabel.values()].flatMap((spans) =>
    united(spans)
      .flatMap((span) => without(span, gate))
      .map(({ confidence, longestGap: _, ...span }) => ({
        ...toSourceSpan(span, frames),
        confidence: Math.round(confidence * 1e4) / 1e4,
        review: "unreviewed" as const,
      })),
  );
}

function united(spans: readonly Presence[]): Presence[] {
  const sorted = [...spans].sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame || (a.producer < b.producer ? -1 : 1));
  const groups: { endFrame: number; longestGap: number; parts: Presence[] }[] = [];
  for (const span of sorted) {
    const last = groups.at(-1);
    if (last && span.startFrame - last.endFrame <= Math.max(last.longestGap, span.longestGap)) {
      last.endFrame = Math.max(last.endFrame, span.endFrame);
      last.longestGap = Math.max(last.longestGap, span.longestGap);
      last.parts.push(span);
    } else groups.push({ endFrame: span.endFrame, longestGap: span.longestGap, parts: [span] });
  }
  return groups.map(({ endFrame, parts }) => {
    const [first] = parts as [Presence, ...Presence[]];
    if (parts.length === 1) return first;
    const time = new Map<string, number>();
    let weighted = 0;
    let total = 0;
    for (const { producer, confidence, ...span } of parts) {
      const length = span.endFrame - span.startFrame;
      time.set(producer, (time.get(producer) ?? 0) + length);
      weighted += confidence * length;
      total += length;
    }
    const [[producer]] = [...time].sort(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1)) as [[string, number]];
    return { ...first, endFrame, producer, confidence: weighted / total };
  });
}
