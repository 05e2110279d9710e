/*
 * Masks as run lengths, column by column from the top left, beginning with a run of zeros: COCO's RLE (`cocoapi`, `maskApi.c`).
 */

export interface Grid {
  readonly width: number;
  readonly height: number;
}

/** The cells of a mask, column by column: 1 where it is. Throws a RangeError if the runs don't add up to the grid. */
export function cellsOf(runs: readonly number[], { width, height }: Grid): Uint8Array {
  const cells = new Uint8Array(width * height);
  const at = mark(cells, runs);
  if (at !== cells.length) throw new RangeError(`The runs of a mask add up to ${at}, its ${width} by ${height} cells to ${cells.length}.`);
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
  let value = 0;
  let length = 0;
  for (const cell of cells) {
    if (cell !== value) {
      runs.push(length);
      length = 0;
      value = cell;
    }
    length++;
  }
  runs.push(length);
  return runs;
}

/** A mask on another grid over the same picture: each cell is what lies under its middle. The way to a finer grid and back loses nothing. */
export function regrid(runs: readonly number[], from: Grid, to: Grid): number[] {
  if (from.width === to.width && from.height === to.height) return [...runs];
  const cells = cellsOf(runs, from);
  const out = new Uint8Array(to.width * to.height);
  const rows = Int32Array.from({ length: to.height }, (_, y) => Math.floor(((2 * y + 1) * from.height) / (2 * to.height)));
  for (let x = 0; x < to.width; x++) {
    const column = from.height * Math.floor(((2 * x + 1) * from.width) / (2 * to.width));
    for (let y = 0; y < to.height; y++) out[x * to.height + y] = cells[column + (rows[y] as number)] as number;
  }
  return runsOf(out);
}

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
