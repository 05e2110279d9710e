import type { DrawnMask, MaskKeyframe } from "../../contracts/corrections.ts";
import { cornerWithin, leastCorners, mostCorners, mostHoles, type Ring, type Rings } from "../../contracts/outlines.ts";
import type { Raster } from "./shapes.ts";

/** A diamond in the middle of the picture, to be pulled into shape. */
export const outlineInMiddle = ({ width, height }: Raster): Rings => [diamond(Math.round(width / 2), Math.round(height / 2), Math.round(height / 6))];

const diamond = (x: number, y: number, by: number): Ring => [
  [x, y - by],
  [x + by, y],
  [x, y + by],
  [x - by, y],
];

/** Another outline of as many rings, or fewer, with one ring changed: the one that holds a corner, counted through all rings. A hole that is gone is left out; null if the outer ring is. */
function withRing(rings: Rings, corner: number, change: (ring: Ring, at: number) => Ring | null): Rings | null {
  let first = 0;
  const changed: Ring[] = [];
  for (const [i, ring] of rings.entries()) {
    const isIts = corner >= first && corner < first + ring.length;
    const to = isIts ? change(ring, corner - first) : ring;
    first += ring.length;
    if (to !== null) changed.push(to);
    else if (i === 0) return null;
  }
  return changed;
}

/** All corners, those of the outer ring first. */
export const cornersOf = (rings: Rings): Ring => rings.flat();

/** The corner after another on its ring. */
export function nextCorner(rings: Rings, corner: number): number {
  let first = 0;
  for (const ring of rings) {
    if (corner < first + ring.length) return first + ((corner - first + 1) % ring.length);
    first += ring.length;
  }
  return 0;
}

export const cornerMoved = (rings: Rings, corner: number, dx: number, dy: number, raster: Raster): Rings =>
  withRing(rings, corner, (ring, at) => ring.map(([x, y], i) => (i === at ? cornerWithin([x + dx, y + dy], raster) : [x, y]))) ?? rings;

/** An outline moved as far as the picture lets it, its holes with it. */
export function outlineMoved(rings: Rings, dx: number, dy: number, { width, height }: Raster): Rings {
  const within = (values: number[], by: number, most: number): number => Math.max(-Math.min(...values), Math.min(most - Math.max(...values), Math.round(by)));
  const corners = cornersOf(rings);
  const right = within(
    corners.map(([x]) => x),
    dx,
    width,
  );
  const down = within(
    corners.map(([, y]) => y),
    dy,
    height,
  );
  return rings.map((ring) => ring.map(([x, y]) => [x + right, y + down] as const));
}

/** With one corner more, halfway from a corner to the next of its ring. The outline itself, if that has as many as it may. */
export const withCorner = (rings: Rings, after: number): Rings =>
  withRing(rings, after, (ring, at) => {
    const [from, to] = [ring[at], ring[(at + 1) % ring.length]];
    if (!from || !to || ring.length >= mostCorners) return ring;
    return ring.toSpliced(at + 1, 0, [Math.round((from[0] + to[0]) / 2), Math.round((from[1] + to[1]) / 2)]);
  }) ?? rings;

/** Without a corner. A hole that would surround nothing is gone; null if the outline would. */
export const withoutCorner = (rings: Rings, corner: number): Rings | null =>
  withRing(rings, corner, (ring, at) => (ring.length <= leastCorners ? null : ring.filter((_, i) => i !== at)));

/** Left, top, width and height of the box around an outline. */
export function boundsOf(rings: Rings): [number, number, number, number] {
  const corners = cornersOf(rings);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** With a hole more, a diamond in its middle, to be pulled into shape. The outline itself, if it has as many as it may. */
export function withHole(rings: Rings): Rings {
  if (rings.length === 0 || rings.length > mostHoles) return rings;
  const [left, top, width, height] = boundsOf(rings);
  return [...rings, diamond(Math.round(left + width / 2), Math.round(top + height / 2), Math.max(2, Math.round(Math.min(width, height) / 6)))];
}

/** A drawn outline with a keyframe; one of that frame is replaced. No rings: nothing is there. */
export function withMaskKeyframe(mask: Pick<DrawnMask, "label" | "replaces">, before: readonly MaskKeyframe[], frame: number, rings: Rings): DrawnMask {
  const [polygon, ...holes] = rings.map((ring) => ring.map(([x, y]): [number, number] => [x, y]));
  const key: MaskKeyframe = { frame, polygon: polygon ?? null, ...(holes.length > 0 && { holes }) };
  return maskOf(mask, [...before.filter((one) => one.frame !== frame), key]) as DrawnMask;
}

/** A drawn outline of these keyframes; null if there are none. */
export function maskOf({ label, replaces }: Pick<DrawnMask, "label" | "replaces">, keyframes: readonly MaskKeyframe[]): DrawnMask | null {
  const [first, ...later] = [...keyframes].sort((a, b) => a.frame - b.frame);
  return first === undefined ? null : { label, ...first, ...(later.length > 0 && { later }), replaces };
}
