/** The regions of a grid, whose cells are numbered row by row from the top left. */
export interface Regions {
  /** What each region shows. Regions are numbered from 1: this is the first one's kind, and so on. */
  readonly kinds: readonly number[];
  /** The region of each cell, 0 where there is nothing. */
  readonly regionOf: Int32Array;
}

/**
 * The regions of a grid of kinds below 256, where 0 is nothing: all cells of a kind together (`whole`), or each patch of a kind whose
 * cells touch, corners included (`connected`), of which those that begin further left come first.
 */
export function regionsOf(grid: Uint8Array, width: number, how: "whole" | "connected"): Regions {
  const regionOf = new Int32Array(grid.length);
  const kinds: number[] = [];
  if (how === "whole") {
    const regionOfKind = new Int32Array(256);
    for (let cell = 0; cell < grid.length; cell++) {
      const kind = grid[cell] as number;
      if (kind === 0) continue;
      if (regionOfKind[kind] === 0) regionOfKind[kind] = kinds.push(kind);
      regionOf[cell] = regionOfKind[kind] as number;
    }
    return { kinds, regionOf };
  }
  // Column by column.
  for (let x = 0; x < width; x++) {
    for (let cell = x; cell < grid.length; cell += width) {
      const kind = grid[cell] as number;
      if (kind !== 0 && regionOf[cell] === 0) flood(grid, width, cell, regionOf, kinds.push(kind));
    }
  }
  return { kinds, regionOf };
}

/** Gives all cells that hang together with `start` to `region`. */
function flood(grid: Uint8Array, width: number, start: number, regionOf: Int32Array, region: number): void {
  const height = grid.length / width;
  const kind = grid[start];
  const members = [start];
  regionOf[start] = region;
  for (let i = 0; i < members.length; i++) {
    const cell = members[i] as number;
    const x = cell % width;
    const y = (cell - x) / width;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const near = v * width + u;
        if (grid[near] !== kind || regionOf[near] !== 0) continue;
        regionOf[near] = region;
        members.push(near);
      }
    }
  }
}

/** Run lengths of every region as `contracts/analyser-result.ts` has them: column by column, a run of zeros first. */
export function runLengthsOf({ kinds, regionOf }: Regions, width: number): number[][] {
  const runs = kinds.map((): number[] => []);
  const ends = new Int32Array(kinds.length);
  const add = (region: number, start: number, end: number): void => {
    if (region === 0) return;
    (runs[region - 1] as number[]).push(start - (ends[region - 1] as number), end - start);
    ends[region - 1] = end;
  };
  let region = 0;
  let start = 0;
  let place = 0;
  for (let x = 0; x < width; x++) {
    for (let cell = x; cell < regionOf.length; cell += width, place++) {
      if (regionOf[cell] === region) continue;
      add(region, start, place);
      region = regionOf[cell] as number;
      start = place;
    }
  }
  add(region, start, place);
  for (const [i, end] of ends.entries()) if (end < place) (runs[i] as number[]).push(place - end);
  return runs;
}
