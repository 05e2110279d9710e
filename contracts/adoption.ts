/* What of an annotation set is otherwise than what holds, as corrections: the platform keeps them as it keeps what people correct on the page. */
import type { AnnotationSet } from "./annotation-set.ts";
import { boxOf, type CorrectedView, corrected, personProducer, standing } from "./corrected-view.ts";
import { type BoxShape, type Change, type DrawnObject, type Keyframe, mostKeyframes } from "./corrections.ts";

/** A box that holds, whoever made it. */
export interface HeldBox {
  readonly frame: number;
  readonly label: string;
  readonly box: BoxShape;
  /** Number of its track; -1 if it belongs to none. */
  readonly track: number;
  readonly producer: string;
}

/** What holds before a set is adopted. */
export interface Held {
  readonly view: CorrectedView;
  readonly boxes: readonly HeldBox[];
  /** Frames in which boxes were looked for or drawn, rising. */
  readonly lookedAt: readonly number[];
  /** Tracks of the analysis: those that people drew are counted after them, in the order of the view. */
  readonly trackCount: number;
  /** What each track of the analysis is called. */
  readonly trackLabels: readonly string[];
  /** Events that exports tell and nobody can correct: spans outside the patient, findings of the measures. */
  readonly fixedEvents: readonly string[];
  readonly raster: { readonly width: number; readonly height: number };
}

/** What a set changes, in order, and what of it can't be adopted, in sentences. */
export interface Adoption {
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
}

type Found = Pick<AnnotationSet, "labels" | "lookedAt" | "boxes" | "masks" | "segments" | "events">;

/**
 * The difference of a set from what holds, but for masks (`mask-adoption.ts`). A set speaks of the frames that it says were looked at; if it does not say, of those from its first
 * box to its last, and of segments of a level, and of events, from the first to the last that it has. What lies outside stays as it is.
 * `isAllowed` tells whether a change of segments may be made then, since their order matters; `newId` makes identifiers of what is new.
 */
export function adoption(held: Held, found: Found, isAllowed: (view: CorrectedView, change: Change) => boolean, newId: () => string): Adoption {
  const spans = [...spanChanges(held.view, "segment", found.segments, isAllowed, newId), ...eventChanges(held, found, isAllowed, newId)];
  return { changes: [...spans, ...boxChanges(held, found, newId)], notes: fixedNotes(held, found) };
}

interface Spanned {
  readonly id: string;
  readonly label: string;
  readonly startFrame: number;
  readonly endFrame: number;
  /** Of segments. */
  readonly level?: string;
  /** Of events. */
  readonly type?: string;
}

const kindOf = (one: Spanned): string => (one.level ?? one.type) as string;
const isSame = (a: Spanned, b: Spanned): boolean =>
  kindOf(a) === kindOf(b) && a.label === b.label && a.startFrame === b.startFrame && a.endFrame === b.endFrame;

function eventChanges(held: Held, found: Found, isAllowed: (view: CorrectedView, change: Change) => boolean, newId: () => string): Change[] {
  const events = found.events.filter(({ id }) => !held.fixedEvents.includes(id));
  return spanChanges(held.view, "event", events, isAllowed, newId);
}

function fixedNotes({ fixedEvents }: Held, { events }: Found): string[] {
  const count = events.filter(({ id }) => fixedEvents.includes(id)).length;
  return count > 0 ? [`${count} events were measured or told by the privacy gate: they stay as the analysis has them.`] : [];
}

/**
 * Rejections first, which make room; then whatever may be made next, until nothing differs. Where nothing may, what is tried last is left for
 * whoever checks the changes to say why.
 */
function spanChanges(
  before: CorrectedView,
  kind: "segment" | "event",
  wanted: readonly Spanned[],
  isAllowed: (view: CorrectedView, change: Change) => boolean,
  newId: () => string,
): Change[] {
  const itemsOf = (view: CorrectedView): Spanned[] => standing<Spanned & { readonly review: string }>(kind === "segment" ? view.segments : view.events);
  const items = itemsOf(before);
  // What a tool named anew is the same if all else is.
  const known = (one: Spanned) => items.find((item) => item.id === one.id && kindOf(item) === kindOf(one)) ?? items.find((item) => isSame(item, one));
  const ids = new Map(wanted.map((one) => [one, known(one)?.id ?? newId()]));
  const changes: Change[] = [];
  let view = before;
  const make = (change: Change): void => {
    changes.push(change);
    view = corrected(view, [change]);
  };
  const reject = (id: string): void => make({ kind: "judge", target: { kind, id }, after: "rejected" });

  const kept = new Set(ids.values());
  for (const [group, members] of Map.groupBy(wanted, (one) => (kind === "segment" ? kindOf(one) : ""))) {
    const [from, to] = [Math.min(...members.map(({ startFrame }) => startFrame)), Math.max(...members.map(({ endFrame }) => endFrame))];
    const rivals = items.filter((item) => kind === "event" || kindOf(item) === group);
    for (const { id, startFrame, endFrame } of rivals) if (!kept.has(id) && startFrame >= from && endFrame <= to) reject(id);
  }
  /** What is to be done about one of the set's; nothing, if it holds. */
  const stepOf = (one: Spanned, holding: ReadonlyMap<string, Spanned>): Change | undefined => {
    const { label, startFrame, endFrame } = one;
    const target = { kind, id: ids.get(one) as string };
    const now = holding.get(target.id);
    if (!now) return { kind: "add", target, after: { type: kindOf(one), label, startFrame, endFrame } };
    if (now.label !== label) return { kind: "relabel", target, after: label };
    return now.startFrame === startFrame && now.endFrame === endFrame ? undefined : { kind: "retime", target, after: { startFrame, endFrame } };
  };
  const moved = new Set<Spanned>();
  for (;;) {
    const holding = new Map(itemsOf(view).map((item) => [item.id, item]));
    const left = wanted.flatMap((one) => {
      const step = stepOf(one, holding);
      return step ? [{ one, step }] : [];
    });
    const allowed = left.find(({ step }) => isAllowed(view, step));
    const next = allowed ?? left[0];
    if (!next) return changes;
    const { one, step } = next;
    if (step.kind === "retime" && moved.has(one)) {
      // Touching segments share an edge, which moves for both: one that would move a second time is made anew.
      reject(step.target.id);
      ids.set(one, newId());
      continue;
    }
    if (step.kind === "retime") moved.add(one);
    make(step);
    if (allowed === undefined) return changes;
  }
}

interface FoundBox {
  readonly frame: number;
  readonly label: string;
  readonly box: BoxShape;
  readonly track: number;
}

function boxChanges(held: Held, found: Found, newId: () => string): Change[] {
  const isHeld = new Set([...held.lookedAt, ...held.boxes.map(({ frame }) => frame)]);
  // What a tool drew between two keyframes, where nobody looked, says nothing.
  const given = found.boxes.filter(({ frame, interpolated }) => !interpolated || isHeld.has(frame)).map((one) => foundBox(one, found.labels, held.raster));
  const boxes = recognised(held.boxes, given);
  const told = boxes.map(({ frame }) => frame);
  // Who outlined things in frames drew no boxes there: that doesn't say that there are none.
  if (told.length === 0 && (found.lookedAt === null || found.masks.length > 0)) return [];
  const listed = found.lookedAt === null ? null : new Set(found.lookedAt);
  const [first, last] = [
    told.reduce((least, frame) => Math.min(least, frame), Number.POSITIVE_INFINITY),
    told.reduce((most, frame) => Math.max(most, frame), -1),
  ];
  const speaksOf = (frame: number): boolean => (listed ? listed.has(frame) : frame >= first && frame <= last);
  const frames = [...new Set([...isHeld, ...told])].sort((a, b) => a - b);
  // What is drawn in the place of a track, and shows something else, is counted by itself; here they are one.
  const objects = [...held.view.objects.values()];
  const ofTrack = (track: number): number => {
    const replaces = track < held.trackCount ? null : objects[track - held.trackCount]?.replaces;
    return replaces && "track" in replaces ? replaces.track : track;
  };
  const heldBy = Map.groupBy(held.boxes, ({ track }) => ofTrack(track));
  const foundBy = new Map<number, FoundBox[]>();
  const taken = new Set<string>();
  for (const one of boxes) {
    // A second box of a track in a frame is something else: it is drawn by itself.
    const track = taken.has(`${ofTrack(one.track)} ${one.frame}`) ? -1 : ofTrack(one.track);
    if (track >= 0) taken.add(`${track} ${one.frame}`);
    const others = foundBy.get(track);
    if (others) others.push(one);
    else foundBy.set(track, [one]);
  }
  const tracks = [...new Set([...heldBy.keys(), ...foundBy.keys()])].filter((track) => track >= 0).sort((a, b) => a - b);
  return [
    ...tracks.flatMap((track) => trackChanges(held, track, { held: heldBy.get(track) ?? [], found: foundBy.get(track) ?? [] }, { frames, speaksOf }, newId)),
    ...looseChanges(
      (heldBy.get(-1) ?? []).filter(({ frame }) => speaksOf(frame)),
      foundBy.get(-1) ?? [],
      newId,
    ),
  ];
}

/**
 * What was drawn has the number that the platform gives it, not the one that a tool gave it: tracks of the set without a counterpart, and boxes of
 * none, have the number of a track that is the same box by box, if there is one.
 */
function recognised(held: readonly HeldBox[], found: readonly FoundBox[]): FoundBox[] {
  const [heldBy, foundBy] = [Map.groupBy(held, ({ track }) => track), Map.groupBy(found, ({ track }) => track)];
  const keyOf = (boxes: readonly (HeldBox | FoundBox)[]): string => boxes.map(({ frame, label, box }) => `${frame} ${label} ${box.join(" ")}`).join("\n");
  const free = Map.groupBy(
    [...heldBy].filter(([track]) => track >= 0 && !foundBy.has(track)),
    ([, boxes]) => keyOf(boxes),
  );
  const groups = [...foundBy].flatMap(([track, boxes]) => (track < 0 ? boxes.map((one) => [one]) : [boxes]));
  return groups.flatMap((boxes) => {
    const { track } = boxes[0] as FoundBox;
    const same = track >= 0 && heldBy.has(track) ? undefined : free.get(keyOf(boxes))?.shift();
    return same ? boxes.map((one) => ({ ...one, track: same[0] })) : boxes;
  });
}

/** A box of the set, cut to the picture, as corrections want it. */
function foundBox({ frame, label, x, y, width, height, track }: Found["boxes"][number], labels: readonly string[], raster: Held["raster"]): FoundBox {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(raster.width, x + width), Math.min(raster.height, y + height)];
  return { frame, label: labels[label] as string, box: [left, top, Math.max(1, right - left), Math.max(1, bottom - top)], track };
}

const isSameBox = (a: { label: string; box: BoxShape } | undefined, b: { label: string; box: BoxShape } | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.label === b.label && a.box.every((value, i) => value === b.box[i]);

interface Told {
  /** Frames with boxes and those that were looked at, rising. */
  readonly frames: readonly number[];
  speaksOf(frame: number): boolean;
}

function trackChanges(
  { view, trackCount, trackLabels }: Held,
  track: number,
  boxes: { readonly held: readonly HeldBox[]; readonly found: readonly FoundBox[] },
  { frames, speaksOf }: Told,
  newId: () => string,
): Change[] {
  const was = new Map(boxes.held.map((one) => [one.frame, one]));
  const is = new Map(boxes.found.map((one) => [one.frame, one]));
  const after = (frame: number) => (speaksOf(frame) ? is.get(frame) : was.get(frame));
  if (frames.every((frame) => isSameBox(was.get(frame), after(frame)))) return [];
  // People's drawings of this track are taken back and drawn as a whole, with what changed in them.
  const drawn = [...view.objects].flatMap(([id, object], i) => {
    const isOfTrack = object.replaces !== null && "track" in object.replaces && object.replaces.track === track;
    return isOfTrack || (track >= trackCount && i === track - trackCount) ? [{ id, object }] : [];
  });
  const isDrawn = (frame: number): boolean => drawn.some(({ object }) => boxOf(object, frame) !== undefined);
  const back = drawn.map(({ id }): Change => ({ kind: "draw-box", target: { kind: "object", id }, after: null }));
  const isFound = track < trackCount && boxes.held.some(({ producer }) => producer !== personProducer);
  const heldAll = boxes.held.every(({ frame }) => speaksOf(frame));
  if (isFound && drawn.length === 0 && heldAll) {
    const target = { kind: "track", id: String(track) } as const;
    if (is.size === 0) return [{ kind: "judge", target, after: "rejected" }];
    const [label] = boxes.found.map((one) => one.label);
    const isRenamed =
      label !== undefined &&
      is.size === was.size &&
      boxes.found.every((one) => one.label === label && isSameBox({ label, box: was.get(one.frame)?.box ?? one.box }, one) && was.has(one.frame));
    if (isRenamed) return [{ kind: "relabel", target, after: label }];
  }
  const replaces: DrawnObject["replaces"] = isFound || drawn.some(({ object }) => object.replaces !== null) ? (drawn[0]?.object.replaces ?? { track }) : null;
  const name = was.values().next().value?.label ?? trackLabels[track] ?? "";
  return [
    ...back,
    ...objectsOf(frames, { was, after, isDrawn, isWhole: !isFound, stands: replaces !== null, name }).map((made) => draw(newId(), { ...made, replaces })),
  ];
}

/** Drawings of the runs of frames in which a track is otherwise, or was drawn; where nothing changed, what was found stands. */
function objectsOf(
  frames: readonly number[],
  track: {
    readonly was: ReadonlyMap<number, HeldBox>;
    after(frame: number): FoundBox | HeldBox | undefined;
    isDrawn(frame: number): boolean;
    /** Whether nothing of it was found by a network: then all of it is drawn. */
    readonly isWhole: boolean;
    /** Whether it stands for something, so that a drawing without a box says something, too. */
    readonly stands: boolean;
    readonly name: string;
  },
): Pick<DrawnObject, "label" | "keyframes">[] {
  const made: { label: string; keyframes: Keyframe[] }[] = [];
  let run: { label: string | null; keyframes: Keyframe[] } | null = null;
  const end = (): void => {
    const keyframes = run?.keyframes ?? [];
    // Where it was out of sight before and after is nothing to say.
    while (keyframes.length > 0 && isIdle(keyframes.at(-1))) keyframes.pop();
    if (run && keyframes.length > 0) made.push({ label: run.label ?? track.name, keyframes });
    run = null;
  };
  const isIdle = (key: Keyframe | undefined): boolean => key !== undefined && key.box === null && !track.was.has(key.frame) && !track.isDrawn(key.frame);
  for (const frame of frames) {
    const [before, now] = [track.was.get(frame), track.after(frame)];
    const isChanged = track.isWhole ? now !== undefined || before !== undefined : !isSameBox(before, now) || track.isDrawn(frame);
    if (!isChanged && (now !== undefined || run === null)) {
      end();
      continue;
    }
    const current: { label: string | null; keyframes: Keyframe[] } | null = run;
    if (current !== null && (current.keyframes.length >= mostKeyframes || (now && current.label !== null && current.label !== now.label))) end();
    run ??= { label: null, keyframes: [] };
    run.label ??= now?.label ?? null;
    run.keyframes.push({ frame, box: now?.box ?? null });
  }
  end();
  return !track.stands ? made.filter(({ keyframes }) => keyframes.some(({ box }) => box !== null)) : made;
}

/** Boxes of no track, frame by frame: moved where one of the label is left on either side, else taken away or drawn. */
function looseChanges(held: readonly HeldBox[], found: readonly FoundBox[], newId: () => string): Change[] {
  const [heldAt, foundAt] = [Map.groupBy(held, ({ frame }) => frame), Map.groupBy(found, ({ frame }) => frame)];
  return [...new Set([...heldAt.keys(), ...foundAt.keys()])]
    .sort((a, b) => a - b)
    .flatMap((frame) => {
      const left = [...(heldAt.get(frame) ?? [])];
      const take = (matches: (one: HeldBox) => boolean): HeldBox | undefined => {
        const at = left.findIndex(matches);
        return at < 0 ? undefined : left.splice(at, 1)[0];
      };
      const others = (foundAt.get(frame) ?? []).filter((one) => !take((other) => isSameBox(one, other)));
      const standIn = (one: HeldBox) => ({ producer: one.producer, frame, box: one.box });
      const drawn = others.map(({ label, box }) => {
        const moved = take((other) => other.label === label);
        return draw(newId(), { label, keyframes: [{ frame, box }], replaces: moved ? standIn(moved) : null });
      });
      return [...drawn, ...left.map((one) => draw(newId(), { label: one.label, keyframes: [{ frame, box: null }], replaces: standIn(one) }))];
    });
}

const draw = (id: string, after: DrawnObject): Change => ({ kind: "draw-box", target: { kind: "object", id }, after });
