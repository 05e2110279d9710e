import { cellsOf } from "../../contracts/run-lengths.ts";
import type { Raster } from "./shapes.ts";

/** Corners of an outline in pixels of the raster; the last goes on to the first. */
export type Outline = readonly (readonly [number, number])[];

/** What the contract allows (`contracts/corrections.ts`). */
export const leastCorners = 3;
export const mostCorners = 500;

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)));

/** A corner in whole pixels within the picture, its edges included. */
export const cornerWithin = ([x, y]: readonly [number, number], { width, height }: Raster): [number, number] => [clamp(x, width), clamp(y, height)];

/** A diamond in the middle of the picture, to be pulled into shape. */
export function outlineInMiddle({ width, height }: Raster): [number, number][] {
  const [x, y, by] = [Math.round(width / 2), Math.round(height / 2), Math.round(height / 6)];
  return [
    [x, y - by],
    [x + by, y],
    [x, y + by],
    [x - by, y],
  ];
}

export const cornerMoved = (outline: Outline, corner: number, dx: number, dy: number, raster: Raster): [number, number][] =>
  outline.map(([x, y], i) => (i === corner ? cornerWithin([x + dx, y + dy], raster) : [x, y]));

/** An outline moved as far as the picture lets it. */
export function outlineMoved(outline: Outline, dx: number, dy: number, { width, height }: Raster): [number, number][] {
  const within = (values: number[], by: number, most: number): number => Math.max(-Math.min(...values), Math.min(most - Math.max(...values), Math.round(by)));
  const [right, down] = [
    within(
      outline.map(([x]) => x),
      dx,
      width,
    ),
    within(
      outline.map(([, y]) => y),
      dy,
      height,
    ),
  ];
  return outline.map(([x, y]) => [x + right, y + down]);
}

/** With one corner more, halfway from a corner to the next. The outline itself, if it has as many as it may. */
export function withCorner(outline: Outline, after: number): [number, number][] {
  const corners = outline.map(([x, y]): [number, number] => [x, y]);
  const [from, to] = [corners[after], corners[(after + 1) % corners.length]];
  if (!from || !to || corners.length >= mostCorners) return corners;
  return corners.toSpliced(after + 1, 0, [Math.round((from[0] + to[0]) / 2), Math.round((from[1] + to[1]) / 2)]);
}

/** Without a corner; null if too few would be left to surround anything. */
export const withoutCorner = (outline: Outline, corner: number): [number, number][] | null =>
  outline.length <= leastCorners ? null : outline.filter((_, i) => i !== corner).map(([x, y]) => [x, y]);

/** Left, top, width and height of the box around an outline. */
export function boundsOf(outline: Outline): [number, number, number, number] {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** Ways along the edges of cells: right, down, left, up; and from the place one is at, the cells ahead on the right hand and on the left. */
const ways = [
  { go: [1, 0], right: [0, 0], left: [0, -1] },
  { go: [0, 1], right: [-1, 0], left: [0, 0] },
  { go: [-1, 0], right: [-1, -1], left: [-1, 0] },
  { go: [0, -1], right: [0, -1], left: [-1, -1] },
] as const;

/**
 * The outline of the largest part of a mask: the edges of its cells, and of their corners as few as stay within a cell of them. An
 * outline is of one piece and has no holes, so that smaller parts and holes are lost. Null if the mask is empty.
 */
export function traced(runs: readonly number[], grid: { readonly width: number; readonly height: number }, raster: Raster): [number, number][] | null {
  const cells = cellsOf(runs, grid);
  const isIn = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < grid.width && y < grid.height && cells[x * grid.height + y] === 1;
  const done = new Set<number>();
  let largest: [number, number][] = [];
  let most = 0;
  for (let x = 0; x < grid.width; x++) {
    for (let y = 0; y < grid.height; y++) {
      // Every border, of a part or of a hole, has a cell below nothing.
      if (!isIn(x, y) || isIn(x, y - 1) || done.has(y * grid.width + x)) continue;
      const border = walked(isIn, x, y, (cellX, cellY) => done.add(cellY * grid.width + cellX));
      const area = areaOf(border);
      if (area > most) [largest, most] = [border, area];
    }
  }
  const [first] = largest;
  if (!first) return null;
  const half = largest.length >> 1;
  const halves = [largest.slice(0, half + 1), [...largest.slice(half), first]];
  const cornersAt = (tolerance: number) => halves.flatMap((line) => simplified(line, tolerance).slice(0, -1));
  let corners = cornersAt(1);
  if (corners.length < leastCorners) corners = cornersAt(0);
  for (let tolerance = 2; corners.length > mostCorners; tolerance *= 2) corners = cornersAt(tolerance);
  return corners.map(([x, y]) => cornerWithin([(x * raster.width) / grid.width, (y * raster.height) / grid.height], raster));
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
const areaOf = (border: Outline): number =>
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
