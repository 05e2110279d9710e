import type { Analysis } from "../../contracts/analysis.ts";
import type { Review } from "../../contracts/primitives.ts";

/** Kinds of what a timeline holds, in the order of its lanes. */
export const momentKinds = ["out-of-body", "shot", "phase", "instrument", "event"] as const;
export type MomentKind = (typeof momentKinds)[number];

/** Something that lasts from one frame to another: source frames, half-open. */
export interface Moment {
  readonly id: string;
  readonly kind: MomentKind;
  /** The analysis's own word; of a stay outside the patient there is none. */
  readonly label: string | null;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly confidence: number | null;
  /** What people said of it, or that they are asked to. */
  readonly review: Review;
  readonly producer: string;
}

type Segment = Analysis["segments"][number];
type Event = Analysis["events"][number];

/** Everything on the timeline of an analysis, by start. */
export function momentsOf({ gate, segments, events }: Pick<Analysis, "gate"> & { segments: readonly Segment[]; events: readonly Event[] }): Moment[] {
  const outside = gate.outOfBody.map(
    ({ startFrame, endFrame, score }, i): Moment => ({
      id: `out-of-body-${i + 1}`,
      kind: "out-of-body",
      label: null,
      startFrame,
      endFrame,
      confidence: score,
      review: "unreviewed",
      producer: gate.producer,
    }),
  );
  const found = [
    ...segments.map((segment) => ({ ...segment, kind: segment.level === "shot" ? ("shot" as const) : ("phase" as const) })),
    ...events.map((event) => ({ ...event, kind: event.type === "instrument" ? ("instrument" as const) : ("event" as const) })),
  ].map(
    ({ id, kind, label, startFrame, endFrame, confidence, review, producer }): Moment => ({
      id,
      kind,
      label,
      startFrame,
      endFrame,
      confidence,
      review,
      producer,
    }),
  );
  return [...outside, ...found].sort((a, b) => a.startFrame - b.startFrame || b.endFrame - a.endFrame);
}

/** The first moment that starts after a frame, or the last that starts before it; moments by start. */
export function neighbour(moments: readonly Moment[], frame: number, direction: 1 | -1): Moment | undefined {
  return direction === 1 ? moments.find(({ startFrame }) => startFrame > frame) : moments.findLast(({ startFrame }) => startFrame < frame);
}

/** What holds on a frame. */
export const momentsOn = (moments: readonly Moment[], frame: number): Moment[] =>
  moments.filter(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame);

/** Where what is cited begins: everything on the timeline, and the operation as a whole. */
export const startsOf = (moments: readonly Moment[]): ReadonlyMap<string, number> =>
  new Map([["operation", 0] as const, ...moments.map(({ id, startFrame }) => [id, startFrame] as const)]);
