import type { Rings } from "../../contracts/corrected-view.ts";
import type { DrawnMask, MaskKeyframe } from "../../contracts/corrections.ts";
import { cellsOf } from "../../contracts/run-lengths.ts";
import type { Raster } from "./shapes.ts";

/** Corners in pixels of the raster; the last goes on to the first. */
export type Ring = Rings[number];

/** What the contract allows (`contracts/corrections.ts`). */
export const leastCorners = 3;
export const mostCorners = 500;
export const mostHoles = 20;

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)));

/** A corner in whole pixels within the picture, its edges included. */
export const cornerWithin = ([x, y]: readonly [number, number], { width, height }: Raster): [number, number] => [clamp(x, width), clamp(y, height)];

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

/** Ways along the edges of cells: right, down, left, up; and from the place one is at, the cells ahead on the right hand and on the left. */
const ways = [
  { go: [1, 0], right: [0, 0], left: [0, -1] },
  { go: [0, 1], right: [-1, 0], left: [0, 0] },
  { go: [-1, 0], right: [-1, -1], left: [-1, 0] },
  { go: [0, -1], right: [0, -1], left: [-1, -1] },
] as const;

/**
 * The outline of the largest part of a mask, and of its holes: the edges of its cells, and of their corners as few as stay within a cell of
 * them. An outline is of one piece, so that smaller parts are lost, also those that lie in a hole. Null if the mask is empty.
 */
export function traced(runs: readonly number[], grid: { readonly width: number; readonly height: number }, raster: Raster): Rings | null {
  const cells = cellsOf(runs, grid);
  const isIn = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < grid.width && y < grid.height && cells[x * grid.height + y] === 1;
  const done = new Set<number>();
  const borders: { readonly border: [number, number][]; readonly area: number }[] = [];
  for (let x = 0; x < grid.width; x++) {
    for (let y = 0; y < grid.height; y++) {
      // Every border, of a part or of a hole, has a cell below nothing.
      if (!isIn(x, y) || isIn(x, y - 1) || done.has(y * grid.width + x)) continue;
      const border = walked(isIn, x, y, (cellX, cellY) => done.add(cellY * grid.width + cellX));
      borders.push({ border, area: areaOf(border) });
    }
  }
  borders.sort((a, b) => Math.abs(b.area) - Math.abs(a.area));
  const outer = borders.find(({ area }) => area > 0)?.border;
  if (outer === undefined) return null;
  const holes: [number, number][][] = [];
  for (const { border, area } of borders) {
    const isOfIt = area < 0 && surrounds(outer, border) && !holes.some((hole) => surrounds(hole, border));
    // Specks of one cell are noise of the network's, not holes.
    if (isOfIt && area < -1 && holes.length < mostHoles) holes.push(border);
  }
  return [outer, ...holes].map((border) =>
    fewer(border).map(([x, y]) => cornerWithin([(x * raster.width) / grid.width, (y * raster.height) / grid.height], raster)),
  );
}

/** Whether a border lies within another: whether its first corner does, moved by a half so that it lies on no edge. */
function surrounds(outer: Ring, border: Ring): boolean {
  const [x, y] = [(border[0]?.[0] ?? 0) + 0.5, (border[0]?.[1] ?? 0) - 0.5];
  return (
    outer.filter(([x1, y1], i) => {
      const [x2, y2] = outer[(i + 1) % outer.length] as readonly [number, number];
      return y1 <= y !== y2 <= y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
    }).length %
      2 ===
    1
  );
}

/** As few corners of a border as stay within a cell of it, and no more than an outline may have. */
function fewer(border: readonly [number, number][]): [number, number][] {
  const half = border.length >> 1;
  const halves = [border.slice(0, half + 1), [...border.slice(half), border[0] as [number, number]]];
  const cornersAt = (tolerance: number) => halves.flatMap((line) => simplified(line, tolerance).slice(0, -1));
  let corners = cornersAt(1);
  if (corners.length < leastCorners) corners = cornersAt(0);
  for (let tolerance = 2; corners.length > mostCorners; tolerance *= 2) corners = cornersAt(tolerance);
  return corners;
}

/** A border from the upper left corner of a cell until it is there again, the cells on the right hand; `pass` hears of the cells whose top edge it goes along. */
function walked(isIn: (x: number, y: number) => boolean, startX: number, startY: number, pass: (x: number, y: number) => void): [number, number][] {
  const border: [number, number][] = [];
  let [x, y, heading] = [startX, startY, 0];
  do {
    border.push([x, y]);
    if (heading === 0) pass(x, y);
    const { go, right, left } = ways[heading] as (typeof ways)[number];
    [x, y] = [x + go[0], y + go[1]];
    if (!isIn(x + right[0], y + right[1])) heading = (heading + 1) % 4;
    else if (isIn(x + left[0], y + left[1])) heading = (heading + 3) % 4;
  } while (x !== startX || y !== startY || heading !== 0);
  return border;
}

/** What a border surrounds, in cells: the shoelace formula. Negative for a hole's, which is walked the other way. */
const areaOf = (border: Ring): number =>
  border.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = border[(i + 1) % border.length] as readonly [number, number];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

/** Fewer corners of a line, none of those left out farther than this from what is left (Douglas and Peucker, 1973). */
function simplified(line: readonly [number, number][], tolerance: number): [number, number][] {
  const [from, to] = [line[0], line.at(-1)];
  if (!from || !to || line.length < 3) return [...line];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  let [farthest, distance] = [0, 0];
  for (const [i, [x, y]] of line.entries()) {
    const off = length === 0 ? Math.hypot(x - from[0], y - from[1]) : Math.abs(dy * (x - from[0]) - dx * (y - from[1])) / length;
    if (off > distance) [farthest, distance] = [i, off];
  }
  if (distance <= tolerance) return [from, to];
  return [...simplified(line.slice(0, farthest + 1), tolerance).slice(0, -1), ...simplified(line.slice(farthest), tolerance)];
}
