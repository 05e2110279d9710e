/* Which corrections make sense: the platform refuses the others, and the page asks first. */
import type { Analysis } from "./analysis.ts";
import { type CorrectedView, maskKeyframes, standing, type Vocabulary } from "./corrected-view.ts";
import type { BoxShape, Change, DrawnMask, DrawnObject } from "./corrections.ts";

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
export function objections(of: Correctable, view: CorrectedView, change: Change, after: CorrectedView): string[] {
  const { target } = change;
  const missing = isThere(of, view, change) ? [] : [`There is no ${target.kind} ${target.id} in the analysis or its corrections.`];
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
        ...(isTaken(view, target.id) ? [`There is something of the identifier ${target.id} already.`] : []),
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

const unknownWord = (label: string, known: readonly string[]): string[] =>
  known.includes(label) ? [] : [`"${label}" is none of the words that the analysis knows here: ${known.join(", ") || "it knows none"}.`];

function labelObjections(
  { words }: Correctable,
  { segments, events }: CorrectedView,
  { target: { kind, id }, after }: Extract<Change, { kind: "relabel" }>,
): string[] {
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

function addedObjections({ words }: Correctable, { target: { kind }, after: { type, label } }: Extract<Change, { kind: "add" }>): string[] {
  if (kind === "segment") return unknownWord(label, words.segments.get(type) ?? []);
  return unknownWord(
    label,
    words.events.flatMap((word) => (word.type === type ? [word.label] : [])),
  );
}

function spanObjections({ frameCount }: Correctable, { startFrame, endFrame }: { startFrame: number; endFrame: number }): string[] {
  return [
    ...(endFrame > startFrame ? [] : ["It must end after it starts."]),
    ...(endFrame <= frameCount ? [] : [`The operation has ${frameCount} frames; frames ${startFrame} to ${endFrame} aren't all of it.`]),
  ];
}

/** Segments of one level never overlap, and none is empty. */
function overlaps({ segments }: CorrectedView, id: string): string[] {
  const changed = segments.find((segment) => segment.id === id);
  if (!changed) return [];
  const level = standing(segments).filter((segment) => segment.level === changed.level);
  return [
    ...level.filter(({ startFrame, endFrame }) => endFrame <= startFrame).map((segment) => `${segment.label} (${segment.id}) would be left without a frame.`),
    ...level
      .filter((segment) => segment.id !== id && segment.endFrame > segment.startFrame)
      .filter(({ startFrame, endFrame }) => startFrame < changed.endFrame && changed.startFrame < endFrame)
      .map((segment) => `It would overlap ${segment.label} (${segment.id}).`),
  ];
}

function objectObjections(of: Correctable, { label, keyframes, replaces }: DrawnObject): string[] {
  const { words, frameCount, trackCount, boxProducers } = of;
  return [
    ...unknownWord(label, words.boxes),
    ...(keyframes.every(({ frame }, i) => i === 0 || frame > (keyframes[i - 1]?.frame as number))
      ? []
      : ["Its keyframes must be in the order of time, one a frame."]),
    ...(keyframes.some(({ box }) => box !== null) || replaces !== null ? [] : ["It is never in sight, and stands for nothing."]),
    ...keyframes.flatMap(({ frame, box }) => [
      ...(frame < frameCount ? [] : [`There is no frame ${frame}; the operation has ${frameCount}.`]),
      ...(box === null ? [] : boxObjections(of, box, frame)),
    ]),
    ...(replaces === null
      ? []
      : "track" in replaces
        ? replaces.track < trackCount
          ? []
          : [`There is no track ${replaces.track} in the analysis.`]
        : boxProducers.includes(replaces.producer)
          ? []
          : [`No ${replaces.producer} found boxes in this operation.`]),
  ];
}

/** Two drawings can't stand for the same track in the same frames. */
function rivals({ objects }: CorrectedView, id: string, { keyframes, replaces }: DrawnObject): string[] {
  if (replaces === null || !("track" in replaces)) return [];
  const [from, to] = [keyframes[0]?.frame ?? 0, keyframes.at(-1)?.frame ?? 0];
  return [...objects].flatMap(([other, drawn]) => {
    const isRival = other !== id && drawn.replaces !== null && "track" in drawn.replaces && drawn.replaces.track === replaces.track;
    const [first, last] = [drawn.keyframes[0]?.frame ?? 0, drawn.keyframes.at(-1)?.frame ?? 0];
    return isRival && first <= to && from <= last ? [`Frames ${first} to ${last} of track ${replaces.track} were drawn anew already.`] : [];
  });
}

const boxObjections = ({ raster }: Correctable, [x, y, width, height]: BoxShape, frame: number): string[] =>
  x + width <= raster.width && y + height <= raster.height
    ? []
    : [`In frame ${frame} the box leaves the picture of ${raster.width} by ${raster.height} pixels.`];

function maskObjections({ words, frameCount, raster, maskProducers }: Correctable, mask: DrawnMask): string[] {
  const { label, replaces } = mask;
  const keyframes = maskKeyframes(mask);
  const isInside = (ring: readonly (readonly [number, number])[]): boolean => ring.every(([x, y]) => x <= raster.width && y <= raster.height);
  return [
    ...unknownWord(label, words.masks),
    ...(keyframes.every(({ frame }, i) => i === 0 || frame > (keyframes[i - 1]?.frame as number))
      ? []
      : ["Its keyframes must be in the order of time, one a frame."]),
    ...(keyframes.some(({ polygon }) => polygon !== null) || replaces !== null ? [] : ["It is never in sight, and stands for nothing."]),
    ...keyframes.flatMap(({ frame, polygon, holes = [] }) => [
      ...(frame < frameCount ? [] : [`There is no frame ${frame}; the operation has ${frameCount}.`]),
      ...(polygon !== null || holes.length === 0 ? [] : [`In frame ${frame} there are holes of nothing.`]),
      ...([...(polygon === null ? [] : [polygon]), ...holes].every(isInside)
        ? []
        : [`In frame ${frame} the outline leaves the picture of ${raster.width} by ${raster.height} pixels.`]),
    ]),
    ...(replaces === null || maskProducers.includes(replaces) ? [] : [`No ${replaces} found masks in this operation.`]),
  ];
}
