/* An analysis with its corrections, apart from their schemas: the page brings no validator along. */
import type { Analysis } from "./analysis.ts";
import type { BoxShape, Change, Correction, DrawnMask, DrawnObject, MaskKeyframe, Verdict } from "./corrections.ts";
import { eventType } from "./event-type.ts";
import type { Rings } from "./outlines.ts";

type Segment = Analysis["segments"][number];
type Event = Analysis["events"][number];

/** Producer of what people added. */
export const personProducer = "person";

/** An analysis as people corrected it. Rejected findings are still in it: {@link standing} leaves them out. */
export interface CorrectedView {
  readonly segments: readonly Segment[];
  readonly events: readonly Event[];
  /** What people said of tracks, by their number. */
  readonly tracks: ReadonlyMap<number, { readonly verdict: Verdict; readonly label: string | null }>;
  /** What people drew, by its identifier. */
  readonly objects: ReadonlyMap<string, DrawnObject>;
  readonly masks: ReadonlyMap<string, DrawnMask>;
}

/** Before anybody corrected anything. */
export const uncorrected = ({ segments, events }: Pick<Analysis, "segments" | "events">): CorrectedView => ({
  segments,
  events,
  tracks: new Map(),
  objects: new Map(),
  masks: new Map(),
});

/** After these changes, in their order. A change of something that is not there changes nothing. */
export const corrected = (view: CorrectedView, changes: Iterable<Change>): CorrectedView => [...changes].reduce(applied, view);

export const standing = <Item extends { readonly review: string }>(items: readonly Item[]): Item[] => items.filter(({ review }) => review !== "rejected");

function applied(view: CorrectedView, change: Change): CorrectedView {
  switch (change.kind) {
    case "judge":
      return change.target.kind === "track"
        ? withTrack(view, Number(change.target.id), { verdict: change.after })
        : withFinding(view, change.target, { review: change.after });
    case "relabel":
      return change.target.kind === "track"
        ? withTrack(view, Number(change.target.id), { label: change.after })
        : withFinding(view, change.target, { label: change.after });
    case "retime":
      return change.target.kind === "event"
        ? withFinding(view, change.target, change.after)
        : { ...view, segments: retimed(view.segments, change.target.id, change.after) };
    case "add": {
      const { type, ...told } = change.after;
      const made = { id: change.target.id, ...told, confidence: null, producer: personProducer, review: "confirmed" as const };
      return change.target.kind === "event"
        ? { ...view, events: inOrder([...view.events, { ...made, type }]) }
        : { ...view, segments: inOrder([...view.segments, { ...made, level: type as Segment["level"] }]) };
    }
    case "draw-box":
      return { ...view, objects: replaced(view.objects, change.target.id, change.after) };
    case "draw-mask":
      return { ...view, masks: replaced(view.masks, change.target.id, change.after) };
  }
}

const withTrack = (view: CorrectedView, track: number, told: Partial<{ verdict: Verdict; label: string }>): CorrectedView => ({
  ...view,
  tracks: new Map(view.tracks).set(track, { verdict: "unreviewed", label: null, ...view.tracks.get(track), ...told }),
});

function withFinding(view: CorrectedView, { kind, id }: { kind: string; id: string }, told: Partial<Segment & Event>): CorrectedView {
  const change = <Item extends Segment | Event>(items: readonly Item[]): Item[] => inOrder(items.map((item) => (item.id === id ? { ...item, ...told } : item)));
  return kind === "segment" ? { ...view, segments: change(view.segments) } : { ...view, events: change(view.events) };
}

/** A segment's new span. Neighbours of its level that touched it still do. */
function retimed(segments: readonly Segment[], id: string, { startFrame, endFrame }: { startFrame: number; endFrame: number }): Segment[] {
  const was = segments.find((segment) => segment.id === id);
  if (!was) return [...segments];
  return inOrder(
    segments.map((segment) => {
      if (segment.id === id) return { ...segment, startFrame, endFrame };
      if (segment.level !== was.level || segment.review === "rejected") return segment;
      return {
        ...segment,
        startFrame: segment.startFrame === was.endFrame ? endFrame : segment.startFrame,
        endFrame: segment.endFrame === was.startFrame ? startFrame : segment.endFrame,
      };
    }),
  );
}

const inOrder = <Item extends { startFrame: number; endFrame: number }>(items: readonly Item[]): Item[] =>
  [...items].sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame);

function replaced<T>(map: ReadonlyMap<string, T>, id: string, after: T | null): ReadonlyMap<string, T> {
  const next = new Map(map);
  if (after === null) next.delete(id);
  else next.set(id, after);
  return next;
}

/** A change as it is kept: with what holds before it. `labels` are what the analysis calls its tracks. Throws if its target is not there. */
export function recorded(view: CorrectedView, change: Change, labels: readonly string[]): Correction {
  const { target } = change;
  const track = target.kind === "track" ? view.tracks.get(Number(target.id)) : undefined;
  const found = target.kind === "segment" ? findingOf(view.segments, target.id) : target.kind === "event" ? findingOf(view.events, target.id) : undefined;
  const there = (): Segment | Event => {
    if (!found) throw new Error(`There is no ${target.kind} ${target.id}.`);
    return found;
  };
  switch (change.kind) {
    case "judge":
      return { ...change, before: target.kind === "track" ? (track?.verdict ?? "unreviewed") : there().review };
    case "relabel":
      return { ...change, before: target.kind === "track" ? (track?.label ?? (labels[Number(target.id)] as string)) : there().label };
    case "retime":
      return { ...change, before: { startFrame: there().startFrame, endFrame: there().endFrame } };
    case "add":
      return { ...change, before: null };
    case "draw-box":
      return { ...change, before: view.objects.get(target.id) ?? null };
    case "draw-mask":
      return { ...change, before: view.masks.get(target.id) ?? null };
  }
}

const findingOf = <Item extends { id: string }>(items: readonly Item[], id: string): Item | undefined => items.find((item) => item.id === id);

/** A drawn object in a frame: its box; null where it is out of sight; undefined outside its keyframes. Whole pixels. */
export function boxOf({ keyframes }: Pick<DrawnObject, "keyframes">, frame: number): BoxShape | null | undefined {
  const at = keyframes.findLastIndex((key) => key.frame <= frame);
  const from = keyframes[at];
  if (from === undefined) return undefined;
  if (from.frame === frame) return from.box;
  const to = keyframes[at + 1];
  if (to === undefined) return undefined;
  if (from.box === null || to.box === null) return from.box;
  const share = (frame - from.frame) / (to.frame - from.frame);
  const between = (i: 0 | 1 | 2 | 3): number => Math.round((from.box as BoxShape)[i] + share * ((to.box as BoxShape)[i] - (from.box as BoxShape)[i]));
  return [between(0), between(1), Math.max(1, between(2)), Math.max(1, between(3))];
}

/** A box that the analysis found. */
export interface FoundBox {
  readonly producer: string;
  /** -1 if it belongs to none. */
  readonly track: number;
  readonly box: readonly [number, number, number, number];
}

export interface DrawnBox {
  readonly id: string;
  readonly label: string;
  readonly box: BoxShape;
  readonly isKeyframe: boolean;
  readonly replaces: DrawnObject["replaces"];
}

/** What people drew that is in sight in a frame. */
export const drawnBoxes = ({ objects }: Pick<CorrectedView, "objects">, frame: number): DrawnBox[] =>
  [...objects].flatMap(([id, object]) => {
    const box = boxOf(object, frame);
    const isKeyframe = object.keyframes.some((key) => key.frame === frame);
    return box ? [{ id, label: object.label, box, isKeyframe, replaces: object.replaces }] : [];
  });

/** Whether a box of the analysis still stands in a frame: its track is not rejected, and nobody drew another in its place. */
export function stands({ tracks, objects }: Pick<CorrectedView, "tracks" | "objects">, frame: number, found: FoundBox): boolean {
  if (tracks.get(found.track)?.verdict === "rejected") return false;
  for (const object of objects.values()) {
    if (object.replaces === null || boxOf(object, frame) === undefined) continue;
    if ("track" in object.replaces ? object.replaces.track === found.track : isSame(object.replaces, frame, found)) return false;
  }
  return true;
}

const isSame = (replaced: { producer: string; frame: number; box: BoxShape }, frame: number, { producer, track, box }: FoundBox): boolean =>
  track < 0 && replaced.producer === producer && replaced.frame === frame && replaced.box.every((value, i) => value === box[i]);

/** Frames in which people drew boxes, rising. */
export const keyframesOf = ({ objects }: Pick<CorrectedView, "objects">): number[] =>
  [...new Set([...objects.values()].flatMap(({ keyframes }) => keyframes.map(({ frame }) => frame)))].sort((a, b) => a - b);

/** All keyframes of a drawn outline, in the order of time. */
export const maskKeyframes = ({ frame, polygon, holes, later = [] }: DrawnMask): MaskKeyframe[] => [{ frame, polygon, ...(holes && { holes }) }, ...later];

const bordersOf = ({ polygon, holes = [] }: MaskKeyframe): Rings => (polygon === null ? [] : [polygon, ...holes]);

/** A drawn outline in a frame: none where nothing is there; undefined outside its keyframes. Whole pixels. */
export function ringsOf(mask: DrawnMask, frame: number): Rings | undefined {
  const keyframes = maskKeyframes(mask);
  const at = keyframes.findLastIndex((key) => key.frame <= frame);
  const from = keyframes[at];
  if (from === undefined) return undefined;
  const rings = bordersOf(from);
  if (from.frame === frame) return rings;
  const to = keyframes[at + 1];
  if (to === undefined) return undefined;
  const next = bordersOf(to);
  // Corners can go from one place to another only where each has another.
  if (rings.length !== next.length || rings.some((ring, i) => ring.length !== next[i]?.length)) return rings;
  const share = (frame - from.frame) / (to.frame - from.frame);
  const between = (a: number, b: number): number => Math.round(a + share * (b - a));
  return rings.map((ring, i) =>
    ring.map(([x, y], k) => {
      const [nextX, nextY] = next[i]?.[k] as readonly [number, number];
      return [between(x, nextX), between(y, nextY)] as const;
    }),
  );
}

export interface SeenDrawnMask {
  readonly id: string;
  readonly mask: DrawnMask;
  /** None where people say that nothing is. */
  readonly rings: Rings;
}

/** Outlines that people drew, and what they say is not there, in a frame. */
export const drawnMasks = ({ masks }: Pick<CorrectedView, "masks">, frame: number): SeenDrawnMask[] =>
  [...masks].flatMap(([id, mask]) => {
    const rings = ringsOf(mask, frame);
    return rings === undefined ? [] : [{ id, mask, rings }];
  });

/** Frames in which people drew outlines, rising. */
export const maskFramesOf = ({ masks }: Pick<CorrectedView, "masks">): number[] =>
  [...new Set([...masks.values()].flatMap((mask) => maskKeyframes(mask).map(({ frame }) => frame)))].sort((a, b) => a - b);

/** Events that people may add although no analyser looks for them. */
export const clinicalEvents: readonly { readonly type: string; readonly label: string }[] = [
  { type: "bleeding", label: "Bleeding" },
  { type: "bile-spillage", label: "Bile spillage" },
  { type: "injury", label: "Injury" },
  { type: "clip-applied", label: "Clip applied" },
];

/** Every word that a correction of an analysis may use. */
export interface Vocabulary {
  /** By level. */
  readonly segments: ReadonlyMap<string, readonly string[]>;
  readonly events: readonly { readonly type: string; readonly label: string }[];
  readonly boxes: readonly string[];
  readonly masks: readonly string[];
}

export function vocabularyOf({
  segments,
  events,
  detections,
  masks,
  scores,
}: Pick<Analysis, "segments" | "events" | "detections" | "masks" | "scores">): Vocabulary {
  const scored = (subject: string) => scores.flatMap((series) => (series.subject === subject ? series.labels : []));
  const boxes = distinct(detections.flatMap(({ labels }) => labels));
  const outlined = distinct(masks.flatMap(({ labels }) => labels));
  const phases = scored("phase").map((label) => ({ level: "phase", label }));
  const levels = Map.groupBy([...phases, ...segments], ({ level }) => level);
  const known = [
    ...events,
    ...boxes.map((label) => ({ type: "instrument", label })),
    ...scored("view").map((label) => ({ type: eventType(label), label })),
    ...clinicalEvents,
  ];
  return {
    segments: new Map([...levels].map(([level, found]) => [level, distinct(found.map(({ label }) => label))])),
    events: [...new Map(known.map(({ type, label }) => [`${type}\n${label}`, { type, label }])).values()],
    boxes,
    masks: outlined,
  };
}

const distinct = (labels: readonly string[]): string[] => [...new Set(labels)];
