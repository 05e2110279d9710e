/*
 * Masks as run lengths, column by column from the top left, beginning with a run of zeros: COCO's RLE (`cocoapi`, `maskApi.c`).
 */

export interface Grid {
  readonly width: number;
  readonly height: number;
}

/** The cells of a mask, column by column: 1 where it is. Throws a RangeError if the runs don't add up to the grid. */
export function cellsOf(runs: readonly number[], grid: Grid): Uint8Array {
  const cells = new Uint8Array(grid.width * grid.height);
  const at = mark(cells, runs);
  if (at !== cells.length) throw unlike(at, grid);
  return cells;
}

/** Marks where a mask is among cells, beside what is marked there already. Gives how many cells its runs go over. */
export function mark(cells: Uint8Array, runs: readonly number[]): number {
  let at = 0;
  for (const [i, run] of runs.entries()) {
    if (i % 2 === 1) cells.fill(1, at, at + run);
    at += run;
  }
  return at;
}

/** Run lengths of cells, beginning with a run of zeros. */
export function runsOf(cells: Uint8Array): number[] {
  const runs: number[] = [];
  for (let at = 0, value = 0; at < cells.length; value = 1 - value) {
    const next = cells.indexOf(1 - value, at);
    const end = next < 0 ? cells.length : next;
    runs.push(end - at);
    at = end;
  }
  return runs;
}

/**
 * A mask on another grid over the same picture: each cell is what lies under its middle. The way to a finer grid and back loses nothing. Throws a
 * RangeError if the runs don't add up to their grid.
 */
export function regrid(runs: readonly number[], from: Grid, to: Grid): number[] {
  if (from.width === to.width && from.height === to.height) return [...runs];
  // The first row of the new grid whose middle lies in a row of the old one, or below it.
  const rowFrom = Array.from({ length: from.height + 1 }, (_, row) => Math.max(0, Math.ceil((2 * row * to.height - from.height) / (2 * from.height))));
  const columns: [start: number, end: number][][] = Array.from({ length: from.width }, () => []);
  let at = 0;
  for (const [i, run] of runs.entries()) {
    const end = at + run;
    if (i % 2 === 1 && end <= from.width * from.height)
      for (let start = at; start < end; ) {
        const column = Math.floor(start / from.height);
        const stop = Math.min(end, (column + 1) * from.height);
        const rows = [rowFrom[start - column * from.height], rowFrom[stop - column * from.height]] as [number, number];
        if (rows[0] < rows[1]) columns[column]?.push(rows);
        start = stop;
      }
    at = end;
  }
  if (at !== from.width * from.height) throw unlike(at, from);
  const out: number[] = [];
  let told = 0;
  for (let x = 0; x < to.width; x++)
    for (const [start, end] of columns[Math.floor(((2 * x + 1) * from.width) / (2 * to.width))] as [number, number][]) {
      const [first, length] = [x * to.height + start, end - start];
      if (first === told && out.length > 0) out[out.length - 1] = (out.at(-1) as number) + length;
      else out.push(first - told, length);
      told = first + length;
    }
  return told < to.width * to.height ? [...out, to.width * to.height - told] : out;
}

const unlike = (cells: number, { width, height }: Grid): RangeError =>
  new RangeError(`The runs of a mask add up to ${cells}, its ${width} by ${height} cells to ${width * height}.`);

/** Smallest box around a mask's cells, and how many there are. Null if the mask is empty. */
export function boundsOf(runs: readonly number[], { height }: Grid): { x: number; y: number; width: number; height: number; area: number } | null {
  let [left, top, right, bottom, area, at] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1, 0, 0];
  for (const [i, run] of runs.entries()) {
    if (i % 2 === 1 && run > 0) {
      const [first, last] = [at, at + run - 1];
      const [from, to] = [Math.floor(first / height), Math.floor(last / height)];
      left = Math.min(left, from);
      right = Math.max(right, to);
      top = from === to ? Math.min(top, first % height) : 0;
      bottom = from === to ? Math.max(bottom, last % height) : height - 1;
      area += run;
    }
    at += run;
  }
  return area === 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1, area };
}

/** COCO's compressed text (`rleToString` of `maskApi.c`): from the fourth count on the difference to the one before last; five bits a character, the sixth says that more follow. */
export function compressRuns(runs: readonly number[]): string {
  let text = "";
  for (const [i, run] of runs.entries()) {
    let value = i > 2 ? run - (runs[i - 2] as number) : run;
    for (;;) {
      const bits = value & 0x1f;
      value >>= 5;
      const more = bits & 0x10 ? value !== -1 : value !== 0;
      text += String.fromCharCode(48 + (more ? bits | 0x20 : bits));
      if (!more) break;
    }
  }
  return text;
}

/** The counts that {@link compressRuns} compressed. Throws a RangeError for what is no such text. */
export function decompressRuns(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let shift = 0;
    for (;;) {
      const bits = text.charCodeAt(at++) - 48;
      if (!(bits >= 0 && bits < 64)) throw new RangeError(`Character ${at} of a compressed mask is none that such a text has.`);
      value |= (bits & 0x1f) << shift;
      shift += 5;
      if (!(bits & 0x20)) {
        if (bits & 0x10 && shift < 32) value |= -1 << shift;
        break;
      }
    }
    const run = value + (runs.length > 2 ? (runs[runs.length - 2] as number) : 0);
    if (run < 0) throw new RangeError("A compressed mask has a run of less than nothing.");
    runs.push(run);
  }
  return runs;
}
