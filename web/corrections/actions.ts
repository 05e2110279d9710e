import { type CorrectedView, maskKeyframes } from "../../contracts/corrected-view.ts";
import type { BoxShape, Change, CorrectionReason, DrawnMask, DrawnObject, Verdict } from "../../contracts/corrections.ts";
import { type Rings, traced } from "../../contracts/outlines.ts";
import type { DrawnOutline, SeenBox, SeenMask } from "../player/overlay.ts";
import { maskOf, withMaskKeyframe } from "./outlines.ts";
import { type Raster, withKeyframe, withoutKeyframe } from "./shapes.ts";

/** What is chosen to be corrected. A box is of a frame: the one that was looked at, or drawn in. */
export type Chosen =
  | { readonly kind: "segment" | "event"; readonly id: string }
  /** A box of the analysis. */
  | { readonly kind: "found"; readonly producer: string; readonly track: number; readonly frame: number; readonly box: BoxShape }
  | { readonly kind: "object"; readonly id: string }
  /** Masks of the analysis: all of a label that a producer found in a frame. */
  | { readonly kind: "found-mask"; readonly producer: string; readonly label: string; readonly frame: number }
  | { readonly kind: "mask"; readonly id: string };

export const isSameThing = (a: Chosen | null, b: Chosen): boolean =>
  a !== null && (a.kind === "found" && b.kind === "found" && a.track >= 0 && b.track >= 0 ? a.track === b.track : JSON.stringify(a) === JSON.stringify(b));

/** What choosing a box chooses. */
export const chosenBox = ({ drawn, producer, track, lookedAt: frame, box }: SeenBox): Chosen =>
  drawn ? { kind: "object", id: drawn.id } : { kind: "found", producer, track, frame, box: [...box] };

/** What choosing a mask chooses. */
export const chosenMask = ({ drawn, producer, label, lookedAt: frame }: SeenMask): Chosen =>
  drawn ? { kind: "mask", id: drawn.id } : { kind: "found-mask", producer, label, frame };

/** What a box is to the eye: the same before and after a person drew it anew. */
export function nameOf({ producer, track, lookedAt, box, drawn }: SeenBox): string {
  if (drawn?.object.replaces === null) return `drawn ${drawn.id}`;
  const replaced = drawn?.object.replaces ?? (track >= 0 ? { track } : { producer, frame: lookedAt, box });
  return "track" in replaced ? `track ${replaced.track}` : `box ${replaced.producer} ${replaced.frame} ${replaced.box}`;
}

/** In an order that drawing a box anew doesn't change, so that the focus stays where it is. */
export const inOrder = (boxes: readonly SeenBox[]): SeenBox[] =>
  boxes
    .map((box) => ({ box, name: nameOf(box) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ box }) => box);

type Reason = CorrectionReason | undefined;
const withReason = <C extends Change>(change: C, reason: Reason): C => (reason === undefined ? change : { ...change, reason });

const draw = (id: string, after: DrawnObject | null, reason: Reason): Change => withReason({ kind: "draw-box", target: { kind: "object", id }, after }, reason);

/** The drawn object that stands for a box, with that frame's keyframe still to be set. */
function objectOf({ drawn, label, producer, track, lookedAt: frame, box }: SeenBox, newId: () => string): { id: string; object: DrawnObject } {
  if (drawn) return { id: drawn.id, object: drawn.object };
  return { id: newId(), object: { label, keyframes: [], replaces: track >= 0 ? { track } : { producer, frame, box: [...box] } } };
}

/** Puts a box elsewhere in its frame, or takes it out of sight there (null). Gives the change and what is chosen then. */
export function placed(seen: SeenBox, box: BoxShape | null, newId: () => string, reason?: Reason): { changes: Change[]; chosen: Chosen } {
  const { id, object } = objectOf(seen, newId);
  return { changes: [draw(id, withKeyframe(object, { frame: seen.lookedAt, box }), reason)], chosen: { kind: "object", id } };
}

/** Draws a box that was missed. */
export function drawnNew(label: string, frame: number, box: BoxShape, newId: () => string): { changes: Change[]; chosen: Chosen } {
  const id = newId();
  return { changes: [draw(id, { label, keyframes: [{ frame, box }], replaces: null }, "missed")], chosen: { kind: "object", id } };
}

/** Goes on with a drawn object in a frame: it stands still to there, or ends there as it is now, and what it passes is between. */
export function continued({ objects }: CorrectedView, id: string, frame: number): Change[] {
  const object = objects.get(id);
  const nearest = object?.keyframes.findLast((key) => key.frame <= frame) ?? object?.keyframes[0];
  if (!object || !nearest || nearest.frame === frame) return [];
  return [draw(id, withKeyframe(object, { frame, box: nearest.box }), undefined)];
}

/** Takes a keyframe of a drawn object back; the last one takes the object with it. */
export function takenBack({ objects }: CorrectedView, id: string, frame: number): Change[] {
  const object = objects.get(id);
  return object?.keyframes.some((key) => key.frame === frame) ? [draw(id, withoutKeyframe(object, frame), undefined)] : [];
}

/** Another word for a box: for all of its track if it was found, for the whole drawing if it was drawn. A box of no track is drawn anew. */
export function renamed(seen: SeenBox, label: string, newId: () => string): { changes: Change[]; chosen: Chosen | null } {
  if (seen.drawn) return { changes: [draw(seen.drawn.id, { ...seen.drawn.object, label }, undefined)], chosen: null };
  if (seen.track >= 0)
    return { changes: [{ kind: "relabel", target: { kind: "track", id: String(seen.track) }, after: label, reason: "wrong-label" }], chosen: null };
  const { changes, chosen } = placed({ ...seen, label }, [...seen.box], newId, "wrong-label");
  return { changes, chosen };
}

/** Draws an outline, or draws it anew; null takes it back. */
export const outlined = (id: string, after: DrawnMask | null, reason?: Reason): Change[] => [
  withReason({ kind: "draw-mask", target: { kind: "mask", id }, after }, reason),
];

/** Draws an outline that was missed. */
export function outlinedNew(label: string, frame: number, rings: Rings, newId: () => string): { changes: Change[]; chosen: Chosen } {
  const id = newId();
  return { changes: outlined(id, withMaskKeyframe({ label, replaces: null }, [], frame, rings), "missed"), chosen: { kind: "mask", id } };
}

/**
 * Outlines in the place of what a producer found of a label in a frame, along its borders, to be pulled into shape; the first is
 * chosen. Null if none of the masks has a cell.
 */
export function outlinedAnew(masks: readonly SeenMask[], raster: Raster, newId: () => string, reason?: Reason): { changes: Change[]; chosen: Chosen } | null {
  const changes = masks.flatMap(({ label, producer, lookedAt: frame, found }) => {
    const rings = found && traced(found.chunk.runs[found.index] as number[], { width: found.chunk.gridWidth, height: found.chunk.gridHeight }, raster);
    return rings ? outlined(newId(), withMaskKeyframe({ label, replaces: producer }, [], frame, rings), reason ?? "wrong-place") : [];
  });
  const [first] = changes;
  return first ? { changes, chosen: { kind: "mask", id: first.target.id } } : null;
}

/** Puts the corners of a drawn outline elsewhere in a frame. */
export const reshaped = ({ id, mask }: Pick<DrawnOutline, "id" | "mask">, frame: number, rings: Rings, reason?: Reason): Change[] =>
  outlined(id, withMaskKeyframe(mask, maskKeyframes(mask), frame, rings), reason);

/** Goes on with a drawn outline in a frame: as it is in the keyframe before, or in the first. */
export function outlineContinued({ masks }: CorrectedView, id: string, frame: number): Change[] {
  const mask = masks.get(id);
  if (!mask) return [];
  const keyframes = maskKeyframes(mask);
  const nearest = keyframes.findLast((key) => key.frame <= frame) ?? keyframes[0];
  return nearest === undefined || nearest.frame === frame ? [] : outlined(id, maskOf(mask, [...keyframes, { ...nearest, frame }]));
}

/** Takes a keyframe of a drawn outline back; the last one takes the outline with it. */
export function outlineTakenBack({ masks }: CorrectedView, id: string, frame: number): Change[] {
  const mask = masks.get(id);
  if (!mask) return [];
  const keyframes = maskKeyframes(mask);
  const left = keyframes.filter((key) => key.frame !== frame);
  return left.length === keyframes.length ? [] : outlined(id, maskOf(mask, left));
}

/** Accepts or rejects what is chosen. Of what a person drew only rejection means something: it is taken back. A box of no track, and masks, are covered where they are. */
export function judged(chosen: Chosen, verdict: Verdict, seen: SeenBox | undefined, newId: () => string, reason?: Reason): Change[] {
  switch (chosen.kind) {
    case "segment":
    case "event":
      return [withReason({ kind: "judge", target: chosen, after: verdict }, reason)];
    case "object":
      return verdict === "rejected" ? [draw(chosen.id, null, reason)] : [];
    case "mask":
      return verdict === "rejected" ? outlined(chosen.id, null, reason) : [];
    case "found-mask":
      if (verdict !== "rejected") return [];
      return outlined(newId(), { label: chosen.label, frame: chosen.frame, polygon: null, replaces: chosen.producer }, reason ?? "not-there");
    case "found":
      if (chosen.track >= 0) return [withReason({ kind: "judge", target: { kind: "track", id: String(chosen.track) }, after: verdict }, reason)];
      return verdict === "rejected" && seen ? placed(seen, null, newId, reason ?? "not-there").changes : [];
  }
}

/** A finding's edge moved to a frame; its other edge stays. Null for what is no finding. */
export function edgeMoved(view: CorrectedView, chosen: Chosen, edge: "start" | "end", frame: number, reason: Reason = "wrong-time"): Change[] {
  if (chosen.kind !== "segment" && chosen.kind !== "event") return [];
  const found = (chosen.kind === "segment" ? view.segments : view.events).find(({ id }) => id === chosen.id);
  if (!found) return [];
  const after = { startFrame: edge === "start" ? frame : found.startFrame, endFrame: edge === "end" ? frame : found.endFrame };
  if (after.startFrame === found.startFrame && after.endFrame === found.endFrame) return [];
  return [withReason({ kind: "retime", target: chosen, after }, reason)];
}
