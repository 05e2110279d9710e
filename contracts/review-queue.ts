import { z } from "zod";
import type { Analysis } from "./analysis.ts";
import { caseId, runId, unit } from "./primitives.ts";

/**
 * What people should look at first: of each case the findings that its analysers were least sure of, so that a doubt costs one look and
 * not a whole video. An item of the case table each, `REVIEW#{kind}#{id}`, in the index as long as nobody judged it.
 */

/** Findings that a case puts before people, at most. */
export const mostDoubts = 20;

/** Frames that a case puts before people for a network that should learn boxes or outlines, at most. */
export const mostFrames = 5;

/** Value that `queue` has while an item waits. */
export const waiting = "WAITING";

export const doubt = z.strictObject({
  caseId,
  runId,
  /** A finding; or all boxes, or outlines, that a network found in a frame, from there to the next frame that it looked at. */
  kind: z.enum(["segment", "event", "boxes", "outlines"]),
  id: z.string().min(1),
  /** Level of a segment, type of an event, network of boxes and outlines. */
  type: z.string(),
  /** Of boxes and outlines that of the least sure. */
  label: z.string(),
  startFrame: z.int().nonnegative(),
  endFrame: z.int().positive(),
  /** Null if it is put before people for another reason than its confidence. */
  confidence: unit.nullable(),
  /** Whether the analysis itself asks for a look. */
  isAskedFor: z.boolean(),
});
export type Doubt = z.infer<typeof doubt>;

export const doubtItemPrefix = "REVIEW#";
export const doubtItemName = (kind: Doubt["kind"], id: string): string => `${doubtItemPrefix}${kind}#${id}`;

/** A doubt in the case table. `doubtOrder` sorts the index: what is asked for first, then the least sure. */
export const doubtItem = z.strictObject({ ...doubt.shape, item: z.string(), queue: z.literal(waiting).optional(), doubtOrder: z.string() });
export type DoubtItem = z.infer<typeof doubtItem>;

/** What `GET /review-queue` takes in its query: the next page, as the one before gave it. */
export const queueQuery = z.object({ next: z.string().max(2000).optional() });

/** `GET /review-queue?next=`: doubts of all cases that nobody judged, in their order. A page may be short, or empty, and have a next one. */
export const reviewQueue = z.strictObject({
  doubts: z.array(z.strictObject({ ...doubt.shape, fileName: z.string() })),
  /** Opaque; null on the last page. */
  next: z.string().nullable(),
});
export type ReviewQueue = z.infer<typeof reviewQueue>;

/**
 * The doubts of an analysis. Only calibrated confidences are compared across networks and cases: an uncalibrated one says that higher is
 * surer, and no more. Shots are nobody's doubt. At most {@link mostDoubts}, those that the analysis itself asks for first.
 */
export function doubtsOf({
  caseId,
  runId,
  producers,
  segments,
  events,
}: Pick<Analysis, "caseId" | "runId" | "producers" | "segments" | "events">): DoubtItem[] {
  const calibrated = new Set(producers.flatMap(({ id, calibration }) => (calibration === null ? [] : [id])));
  const found = [
    ...segments.filter(({ level }) => level !== "shot").map((segment) => ({ kind: "segment" as const, type: segment.level as string, ...segment })),
    ...events.map((event) => ({ kind: "event" as const, ...event })),
  ];
  return found
    .map((one) => ({ ...one, isAskedFor: one.review === "needs-review", confidence: calibrated.has(one.producer) ? one.confidence : null }))
    .filter(({ isAskedFor, confidence }) => isAskedFor || confidence !== null)
    .map(({ kind, id, type, label, startFrame, endFrame, confidence, isAskedFor }) => ({
      ...{ caseId, runId, item: doubtItemName(kind, id), kind, id, type, label, startFrame, endFrame, confidence, isAskedFor },
      queue: waiting as typeof waiting,
      doubtOrder: orderOf({ isAskedFor, confidence, caseId, kind, id }),
    }))
    .sort((a, b) => (a.doubtOrder < b.doubtOrder ? -1 : 1))
    .slice(0, mostDoubts);
}

const orderOf = ({ isAskedFor, confidence, caseId, kind, id }: Pick<Doubt, "isAskedFor" | "confidence" | "caseId" | "kind" | "id">): string =>
  `${isAskedFor ? 0 : 1} ${(confidence ?? 0).toFixed(6)} ${caseId} ${kind} ${id}`;

/** The doubts of an analysis about what one network found, all of them asked for: what people say of them is what it learns from. */
export function doubtsAbout(analysis: Analysis, producer: string): DoubtItem[] {
  const of = <Item extends { producer: string; review: string }>(items: readonly Item[]) =>
    items
      .filter((item) => item.producer === producer && item.review !== "confirmed" && item.review !== "rejected")
      .map((item) => ({ ...item, review: "needs-review" as const }));
  return doubtsOf({ ...analysis, segments: of(analysis.segments), events: of(analysis.events) });
}

/** What a network was least sure of in a frame. */
export interface UnsureFrame {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly label: string;
  readonly score: number;
}

/** The doubts of an analysis about boxes or outlines of one network: frames of which it was least sure, at most {@link mostFrames}, all of them asked for. */
export function doubtsInFrames(
  { caseId, runId, producers }: Pick<Analysis, "caseId" | "runId" | "producers">,
  producer: string,
  kind: "boxes" | "outlines",
  frames: readonly UnsureFrame[],
): DoubtItem[] {
  const isCalibrated = producers.some(({ id, calibration }) => id === producer && calibration !== null);
  return [...frames]
    .sort((a, b) => a.score - b.score || a.startFrame - b.startFrame)
    .slice(0, mostFrames)
    .map(({ startFrame, endFrame, label, score }) => {
      const [id, confidence] = [`${producer}-${startFrame}`, isCalibrated ? score : null];
      return {
        ...{ caseId, runId, item: doubtItemName(kind, id), kind, id, type: producer, label, startFrame, endFrame, confidence, isAskedFor: true },
        queue: waiting as typeof waiting,
        doubtOrder: orderOf({ isAskedFor: true, confidence, caseId, kind, id }),
      };
    });
}
