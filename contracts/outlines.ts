/* Outlines of corners and masks of cells, and the ways between them. Apart from the schemas: the page brings no validator along. */
import { cellsOf, type Grid, regrid, runsOf } from "./run-lengths.ts";

/** The borders of an outline, each a round of corners: the outer one first, then those of its holes. */
export type Rings = readonly (readonly (readonly [number, number])[])[];

/** Corners in pixels of the raster; the last goes on to the first. */
export type Ring = Rings[number];

/** Corners of a ring, and holes of an outline, that a correction may have. */
export const leastCorners = 3;
export const mostCorners = 500;
export const mostHoles = 20;

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)));

/** A corner in whole pixels within the picture, its edges included. */
export const cornerWithin = ([x, y]: readonly [number, number], { width, height }: Grid): [number, number] => [clamp(x, width), clamp(y, height)];

/** Run lengths of the cells of a grid over the raster whose middles lie within an outline and in none of its holes: even-odd rule. */
export function maskRuns(rings: Rings, raster: Grid, grid: Grid): number[] {
  const cells = new Uint8Array(grid.width * grid.height);
  markOutline(cells, rings, raster, grid);
  return runsOf(cells);
}

/** Marks the cells of an outline, column by column, beside what is marked there already. */
export function markOutline(cells: Uint8Array, rings: Rings, raster: Grid, grid: Grid): void {
  const edges = rings.flatMap((ring) => ring.map((from, i) => [...from, ...(ring[(i + 1) % ring.length] as readonly [number, number])] as const));
  const [top, bottom] = edges.reduce(([least, most], [, y]) => [Math.min(least, y), Math.max(most, y)], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  const toRow = (y: number): number => (y * grid.height) / raster.height;
  const toColumn = (x: number): number => (x * grid.width) / raster.width;
  for (let row = Math.max(0, Math.floor(toRow(top)) - 1); row < Math.min(grid.height, toRow(bottom) + 1); row++) {
    const y = ((row + 0.5) * raster.height) / grid.height;
    const crossings: number[] = [];
    for (const [x1, y1, x2, y2] of edges) if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const [from, to] = [crossings[i] as number, crossings[i + 1] as number];
      for (let column = Math.max(0, Math.floor(toColumn(from)) - 1); column < Math.min(grid.width, toColumn(to) + 1); column++) {
        const x = ((column + 0.5) * raster.width) / grid.width;
        if (x >= from && x < to) cells[column * grid.height + row] = 1;
      }
    }
  }
}

/**
 * The outline of the largest part of a mask, and of its holes: the edges of its cells, and of their corners as few as stay within a cell of
 * them. An outline is of one piece, so that smaller parts are lost, also those that lie in a hole. Null if the mask is empty.
 */
export function traced(runs: readonly number[], grid: Grid, raster: Grid): Rings | null {
  const [largest] = partsOf(runs, grid).parts;
  if (largest === undefined) return null;
  // Specks of one cell are noise of the network's, not holes.
  const holes = largest.holes.filter((hole) => areaOf(hole) < -1).slice(0, mostHoles);
  return [largest.border, ...holes].map((border) => onRaster(fewest(border), grid, raster));
}

/** Parts of a mask that get an outline each: the largest. */
export const mostParts = 20;

/** What outlines share with the mask that they are of, at least, wherever that is possible with as many corners as a ring may have: intersection over union. */
export const leastAgreement = 0.99;

/** A mask as outlines. */
export interface Outlined {
  /** One for each part, the largest first: together they are the mask. */
  readonly outlines: readonly Rings[];
  /** Intersection over union of the mask's cells with those of the outlines. */
  readonly agreement: number;
  /** Parts, and holes, that no outline tells: there were too many. */
  readonly lostParts: number;
  readonly lostHoles: number;
}

/**
 * A mask as outlines: a part is what hangs together by the sides of its cells; two that touch at a corner are two parts. Each has as few corners as
 * still share {@link leastAgreement} of its cells, and its holes too: at worst all corners of its cells, which lose nothing, unless a ring would have
 * more than {@link mostCorners}. `given` is what the mask was drawn as, in pixels of the raster: it stands if it agrees as well.
 */
export function outlined(runs: readonly number[], grid: Grid, raster: Grid, given: Rings = []): Outlined {
  // Outlines have whole pixels: no finer grid can be told.
  if (grid.width > raster.width || grid.height > raster.height) return outlined(regrid(runs, grid, raster), raster, raster, given);
  const cells = cellsOf(runs, grid);
  const scratch = new Uint8Array(cells.length);
  if (given.length > 0 && given.length <= mostParts && given.every(isAllowed)) {
    const outlines = given.map((ring): Rings => [ring]);
    const agreement = shared(cells, markedBy(scratch, outlines, raster, grid));
    if (agreement >= leastAgreement) return { outlines, agreement, lostParts: 0, lostHoles: 0 };
  }
  const { parts, partOf } = partsOf(runs, grid);
  const kept = parts.slice(0, mostParts);
  const outlines = kept.map((part) => outlineOf(part, { partOf, scratch }, grid, raster));
  return {
    outlines,
    agreement: shared(cells, markedBy(scratch, outlines, raster, grid)),
    lostParts: parts.length - kept.length,
    lostHoles: kept.reduce((sum, { holes }) => sum + Math.max(0, holes.length - mostHoles), 0),
  };
}

const isAllowed = (ring: Ring): boolean => ring.length >= leastCorners && ring.length <= mostCorners;

/** Cells that all of several outlines cover. */
function markedBy(cells: Uint8Array, outlines: readonly Rings[], raster: Grid, grid: Grid): Uint8Array {
  cells.fill(0);
  for (const rings of outlines) markOutline(cells, rings, raster, grid);
  return cells;
}

/** Intersection over union; 1 where both are empty. */
function shared(one: Uint8Array, other: Uint8Array): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < one.length; i++) {
    if (one[i] && other[i]) both++;
    if (one[i] || other[i]) either++;
  }
  return either === 0 ? 1 : both / either;
}

/** Cells that hang together by their sides. */
interface Part {
  readonly number: number;
  readonly size: number;
  /** The edges of its cells, from corner to corner of them: all around it, and around each of its holes, the largest first. */
  readonly border: Ring;
  readonly holes: readonly Ring[];
  /** The columns and rows that it lies in: from, and the first one after. */
  readonly columns: readonly [number, number];
  readonly rows: readonly [number, number];
}

interface Work {
  /** The number of the part that a cell belongs to; 0 for none. */
  readonly partOf: Int32Array;
  /** As many cells, to be used and left as one likes. */
  readonly scratch: Uint8Array;
}

/** As few corners of a part as agree with its cells; if too many would be needed, those that agree best of those that a ring may have. */
function outlineOf(part: Part, work: Work, grid: Grid, raster: Grid): Rings {
  const borders = [part.border, ...part.holes.slice(0, mostHoles)];
  let best: { readonly rings: Rings; readonly agreement: number } | undefined;
  // In cells; none tells the part as it is.
  for (const tolerance of [1, 0.5, 0]) {
    const rings = borders.map((border) => onRaster(fewer(border, tolerance), grid, raster));
    if (!rings.every(isAllowed)) continue;
    const agreement = agreementOf(rings, part, work, grid, raster);
    if (!best || agreement > best.agreement) best = { rings, agreement };
    if (agreement >= leastAgreement) break;
  }
  return best?.rings ?? borders.map((border) => onRaster(fewest(border), grid, raster));
}

/** What an outline shares with its part. */
function agreementOf(rings: Rings, { number, columns, rows }: Part, { partOf, scratch }: Work, grid: Grid, raster: Grid): number {
  const ends = (end: readonly [number, number], most: number): [number, number] => [Math.max(0, end[0] - 1), Math.min(most, end[1] + 1)];
  const [[left, right], [top, bottom]] = [ends(columns, grid.width), ends(rows, grid.height)];
  // Corners are some of the part's own: an outline covers nothing beyond its box.
  for (let x = left; x < right; x++) scratch.fill(0, x * grid.height + top, x * grid.height + bottom);
  markOutline(scratch, rings, raster, grid);
  let [both, either] = [0, 0];
  for (let x = left; x < right; x++)
    for (let i = x * grid.height + top; i < x * grid.height + bottom; i++) {
      const isIn = partOf[i] === number;
      if (isIn && scratch[i]) both++;
      if (isIn || scratch[i]) either++;
    }
  return both / either;
}

/** Corners of cells as places of the raster. */
const onRaster = (border: Ring, grid: Grid, raster: Grid): Ring =>
  border.map(([x, y]) => cornerWithin([(x * raster.width) / grid.width, (y * raster.height) / grid.height], raster));

/** Ways along the edges of cells: right, down, left, up; and from the place one is at, the cells ahead on the right hand and on the left. */
const ways = [
  { go: [1, 0], right: [0, 0], left: [0, -1] },
  { go: [0, 1], right: [-1, 0], left: [0, 0] },
  { go: [-1, 0], right: [-1, -1], left: [-1, 0] },
  { go: [0, -1], right: [0, -1], left: [-1, -1] },
] as const;

/** The parts of a mask with their borders, the largest first. */
function partsOf(runs: readonly number[], grid: Grid): { parts: Part[]; partOf: Int32Array } {
  const cells = cellsOf(runs, grid);
  const partOf = new Int32Array(cells.length);
  const found: (Omit<Part, "border" | "holes"> & { border: Ring | null; holes: Ring[] })[] = [];
  const isIn = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < grid.width && y < grid.height && cells[x * grid.height + y] === 1;
  const passed = new Uint8Array(cells.length);
  for (let x = 0; x < grid.width; x++) {
    for (let y = 0; y < grid.height; y++) {
      const at = x * grid.height + y;
      // Every border, of a part or of a hole, has a cell below nothing.
      if (!cells[at] || isIn(x, y - 1) || passed[at]) continue;
      if (partOf[at] === 0) found.push({ ...flooded(cells, partOf, grid, at, found.length + 1), border: null, holes: [] });
      const part = found[(partOf[at] as number) - 1] as (typeof found)[number];
      const border = walked(isIn, x, y, (cellX, cellY) => {
        passed[cellX * grid.height + cellY] = 1;
      });
      if (areaOf(border) > 0) part.border = border;
      else part.holes.push(border);
    }
  }
  const parts = found.map((part): Part => ({ ...part, border: part.border as Ring, holes: part.holes.sort((a, b) => areaOf(a) - areaOf(b)) }));
  return { parts: parts.sort((a, b) => b.size - a.size), partOf };
}

/** Numbers the cells of the part that a cell belongs to. */
function flooded(cells: Uint8Array, partOf: Int32Array, { width, height }: Grid, from: number, number: number): Omit<Part, "border" | "holes"> {
  const waiting = [from];
  partOf[from] = number;
  let [size, left, right, top, bottom] = [0, width, 0, height, 0];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [x, y] = [Math.floor(at / height), at % height];
    size++;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
    const beside = [x > 0 ? at - height : at, x + 1 < width ? at + height : at, y > 0 ? at - 1 : at, y + 1 < height ? at + 1 : at];
    for (const next of beside) {
      if (!cells[next] || partOf[next] !== 0) continue;
      partOf[next] = number;
      waiting.push(next);
    }
  }
  return { number, size, columns: [left, right], rows: [top, bottom] };
}

/**
 * The corners of a border, from the upper left one of a cell until it is there again, the cells on the right hand; `pass` hears of the cells whose
 * top edge it goes along.
 */
function walked(isIn: (x: number, y: number) => boolean, startX: number, startY: number, pass: (x: number, y: number) => void): [number, number][] {
  const border: [number, number][] = [];
  let [x, y, heading, before] = [startX, startY, 0, -1];
  do {
    if (heading !== before) border.push([x, y]);
    if (heading === 0) pass(x, y);
    before = heading;
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

/** As few corners of a border as stay within a cell of it, and no more than an outline may have. */
function fewest(border: Ring): Ring {
  let corners = fewer(border, 1);
  for (let tolerance = 2; corners.length > mostCorners; tolerance *= 2) corners = fewer(border, tolerance);
  return corners;
}

/** As few corners of a border as stay within this many cells of it; all of them, if that would be too few for an outline. */
function fewer(border: Ring, tolerance: number): Ring {
  const half = border.length >> 1;
  const halves = [border.slice(0, half + 1), [...border.slice(half), border[0] as readonly [number, number]]];
  const corners = halves.flatMap((line) => simplified(line, tolerance).slice(0, -1));
  return corners.length < leastCorners ? border : corners;
}

/** Fewer corners of a line, none of those left out farther than this from what is left (Douglas and Peucker, 1973). */
function simplified(line: Ring, tolerance: number): Ring {
  const isKept = new Uint8Array(line.length);
  isKept[0] = isKept[line.length - 1] = 1;
  const waiting: [number, number][] = [[0, line.length - 1]];
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    const [first, last] = span;
    const [from, to] = [line[first], line[last]] as [readonly [number, number], readonly [number, number]];
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy);
    let [farthest, distance] = [first, 0];
    for (let i = first + 1; i < last; i++) {
      const [x, y] = line[i] as readonly [number, number];
      const off = length === 0 ? Math.hypot(x - from[0], y - from[1]) : Math.abs(dy * (x - from[0]) - dx * (y - from[1])) / length;
      if (off > distance) [farthest, distance] = [i, off];
    }
    if (distance <= tolerance) continue;
    isKept[farthest] = 1;
    waiting.push([first, farthest], [farthest, last]);
  }
  return line.filter((_, i) => isKept[i]);
}
