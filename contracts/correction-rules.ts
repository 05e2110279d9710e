/* Which corrections make sense: the platform refuses the others, and the page asks first. */
import type { Analysis } from "./analysis.ts";
import { type CorrectedView, maskKeyframes, standing, type Vocabulary } from "./corrected-view.ts";
import type { BoxShape, Change, DrawnMask, DrawnObject } from "./corrections.ts";
import type { Objection } from "./objections.ts";

/** What there is to correct. */
export interface Correctable {
  readonly frameCount: number;
  readonly raster: { readonly width: number; readonly height: number };
  readonly trackCount: number;
  /** Producers of boxes, and of masks. */
  readonly boxProducers: readonly string[];
  readonly maskProducers: readonly string[];
  readonly words: Vocabulary;
}

export const correctable = (analysis: Pick<Analysis, "media" | "tracks" | "detections" | "masks">, words: Vocabulary): Correctable => ({
  frameCount: analysis.media.source.frameCount,
  raster: analysis.media.raster,
  trackCount: analysis.tracks?.trackCount ?? 0,
  boxProducers: analysis.detections.map(({ producer }) => producer),
  maskProducers: analysis.masks.map(({ producer }) => producer),
  words,
});

/** Why a change can't be made to a view: every reason; none if it can. `after` is the view with the change. */
export function objections(of: Correctable, view: CorrectedView, change: Change, after: CorrectedView): Objection[] {
  const { target } = change;
  const missing = only(!isThere(of, view, change), (say) => say.missing(target.kind, target.id));
  switch (change.kind) {
    case "judge":
      // What was rejected may have lost its place since.
      return [...missing, ...(target.kind === "segment" && change.after !== "rejected" ? overlaps(after, target.id) : [])];
    case "relabel":
      return [...missing, ...labelObjections(of, view, change)];
    case "retime":
      return [...missing, ...spanObjections(of, change.after), ...(target.kind === "segment" ? overlaps(after, target.id) : [])];
    case "add":
      return [
        ...only(isTaken(view, target.id), (say) => say.taken(target.id)),
        ...addedObjections(of, change),
        ...spanObjections(of, change.after),
        ...(target.kind === "segment" ? overlaps(after, target.id) : []),
      ];
    case "draw-box":
      return change.after === null ? missing : [...objectObjections(of, change.after), ...rivals(view, target.id, change.after)];
    case "draw-mask":
      return change.after === null ? missing : maskObjections(of, change.after);
  }
}

function isThere({ trackCount }: Correctable, { segments, events, objects, masks }: CorrectedView, { target: { kind, id } }: Change): boolean {
  switch (kind) {
    case "track":
      return /^\d{1,9}$/.test(id) && Number(id) < trackCount;
    case "segment":
      return segments.some((segment) => segment.id === id);
    case "event":
      return events.some((event) => event.id === id);
    case "object":
      return objects.has(id);
    case "mask":
      return masks.has(id);
  }
}

const isTaken = ({ segments, events }: CorrectedView, id: string): boolean => [...segments, ...events].some((finding) => finding.id === id);

/** An objection, where it is one. */
const only = (isOne: boolean, objection: Objection): Objection[] => (isOne ? [objection] : []);

const unknownWord = (label: string, known: readonly string[]): Objection[] => only(!known.includes(label), (say) => say.unknownWord(label, ...known));

function labelObjections(
  { words }: Correctable,
  { segments, events }: CorrectedView,
  { target: { kind, id }, after }: Extract<Change, { kind: "relabel" }>,
): Objection[] {
  if (kind === "track") return unknownWord(after, words.boxes);
  if (kind === "segment") {
    const level = segments.find((segment) => segment.id === id)?.level;
    return level === undefined ? [] : unknownWord(after, words.segments.get(level) ?? []);
  }
  const type = events.find((event) => event.id === id)?.type;
  return type === undefined
    ? []
    : unknownWord(
        after,
        words.events.flatMap((word) => (word.type === type ? [word.label] : [])),
      );
}

function addedObjections({ words }: Correctable, { target: { kind }, after: { type, label } }: Extract<Change, { kind: "add" }>): Objection[] {
  if (kind === "segment") return unknownWord(label, words.segments.get(type) ?? []);
  return unknownWord(
    label,
    words.events.flatMap((word) => (word.type === type ? [word.label] : [])),
  );
}

function spanObjections({ frameCount }: Correctable, { startFrame, endFrame }: { startFrame: number; endFrame: number }): Objection[] {
  return [...only(endFrame <= startFrame, (say) => say.endsTooSoon), ...only(endFrame > frameCount, (say) => say.beyondEnd(frameCount, startFrame, endFrame))];
}

/** Segments of one level never overlap, and none is empty. */
function overlaps({ segments }: CorrectedView, id: string): Objection[] {
  const changed = segments.find((segment) => segment.id === id);
  if (!changed) return [];
  const level = standing(segments).filter((segment) => segment.level === changed.level);
  return [
    ...level.flatMap(({ id: other, label, startFrame, endFrame }) => only(endFrame <= startFrame, (say) => say.emptied(label, other))),
    ...level
      .filter((segment) => segment.id !== id && segment.endFrame > segment.startFrame)
      .flatMap(({ id: other, label, startFrame, endFrame }) =>
        only(startFrame < changed.endFrame && changed.startFrame < endFrame, (say) => say.overlaps(label, other)),
      ),
  ];
}

function objectObjections(of: Correctable, { label, keyframes, replaces }: DrawnObject): Objection[] {
  const { words, frameCount } = of;
  return [
    ...unknownWord(label, words.boxes),
    ...only(!areInOrder(keyframes), (say) => say.keyframeOrder),
    ...only(keyframes.every(({ box }) => box === null) && replaces === null, (say) => say.neverInSight),
    ...keyframes.flatMap(({ frame, box }) => [
      ...only(frame >= frameCount, (say) => say.noFrame(frame, frameCount)),
      ...(box === null ? [] : boxObjections(of, box, frame)),
    ]),
    ...(replaces === null ? [] : replacedObjections(of, replaces)),
  ];
}

const replacedObjections = ({ trackCount, boxProducers }: Correctable, replaces: NonNullable<DrawnObject["replaces"]>): Objection[] =>
  "track" in replaces
    ? only(replaces.track >= trackCount, (say) => say.noTrack(replaces.track))
    : only(!boxProducers.includes(replaces.producer), (say) => say.foundNoBoxes(replaces.producer));

const areInOrder = (keyframes: readonly { readonly frame: number }[]): boolean =>
  keyframes.every(({ frame }, i) => i === 0 || frame > (keyframes[i - 1]?.frame as number));

/** Two drawings can't stand for the same track in the same frames. */
function rivals({ objects }: CorrectedView, id: string, { keyframes, replaces }: DrawnObject): Objection[] {
  if (replaces === null || !("track" in replaces)) return [];
  const [from, to] = [keyframes[0]?.frame ?? 0, keyframes.at(-1)?.frame ?? 0];
  return [...objects].flatMap(([other, drawn]) => {
    const isRival = other !== id && drawn.replaces !== null && "track" in drawn.replaces && drawn.replaces.track === replaces.track;
    const [first, last] = [drawn.keyframes[0]?.frame ?? 0, drawn.keyframes.at(-1)?.frame ?? 0];
    return only(isRival && first <= to && from <= last, (say) => say.drawnAlready(first, last, replaces.track));
  });
}

const boxObjections = ({ raster }: Correctable, [x, y, width, height]: BoxShape, frame: number): Objection[] =>
  only(x + width > raster.width || y + height > raster.height, (say) => say.boxLeaves(frame, raster.width, raster.height));

function maskObjections({ words, frameCount, raster, maskProducers }: Correctable, mask: DrawnMask): Objection[] {
  const { label, replaces } = mask;
  const keyframes = maskKeyframes(mask);
  const isInside = (ring: readonly (readonly [number, number])[]): boolean => ring.every(([x, y]) => x <= raster.width && y <= raster.height);
  return [
    ...unknownWord(label, words.masks),
    ...only(!areInOrder(keyframes), (say) => say.keyframeOrder),
    ...only(keyframes.every(({ polygon }) => polygon === null) && replaces === null, (say) => say.neverInSight),
    ...keyframes.flatMap(({ frame, polygon, holes = [] }) => [
      ...only(frame >= frameCount, (say) => say.noFrame(frame, frameCount)),
      ...only(polygon === null && holes.length > 0, (say) => say.holesOfNothing(frame)),
      ...only(![...(polygon === null ? [] : [polygon]), ...holes].every(isInside), (say) => say.outlineLeaves(frame, raster.width, raster.height)),
    ]),
    ...(replaces === null ? [] : only(!maskProducers.includes(replaces), (say) => say.foundNoMasks(replaces))),
  ];
}
