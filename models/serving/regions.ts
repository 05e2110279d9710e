/** Cells of a grid that show one thing. Cells are numbered row by row from the top left. */
export interface Region {
  readonly kind: number;
  readonly members: readonly number[];
}

/**
 * The regions of a grid of kinds, where 0 is nothing, by kind and then by their leftmost column: all cells of a kind
 * together (`whole`), or each patch of a kind whose cells touch, corners included (`connected`).
 */
export function regionsOf(kinds: Uint8Array, width: number, how: "whole" | "connected"): Region[] {
  if (how === "whole") {
    const byKind = new Map<number, number[]>();
    for (const [cell, kind] of kinds.entries()) {
      if (kind === 0) continue;
      const members = byKind.get(kind);
      if (members) members.push(cell);
      else byKind.set(kind, [cell]);
    }
    return [...byKind].map(([kind, members]) => ({ kind, members })).sort((a, b) => a.kind - b.kind);
  }
  const regions: Region[] = [];
  const taken = new Uint8Array(kinds.length);
  const height = kinds.length / width;
  // Column by column, so that of two patches the one that begins further left comes first.
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const start = y * width + x;
      if (kinds[start] === 0 || taken[start]) continue;
      regions.push({ kind: kinds[start] as number, members: flood(kinds, width, height, start, taken) });
    }
  }
  return regions.sort((a, b) => a.kind - b.kind);
}

/** All cells that hang together with `start`; marks them as taken. */
function flood(kinds: Uint8Array, width: number, height: number, start: number, taken: Uint8Array): number[] {
  const kind = kinds[start];
  const members = [start];
  taken[start] = 1;
  for (let i = 0; i < members.length; i++) {
    const cell = members[i] as number;
    const x = cell % width;
    const y = (cell - x) / width;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const near = v * width + u;
        if (kinds[near] !== kind || taken[near]) continue;
        taken[near] = 1;
        members.push(near);
      }
    }
  }
  return members;
}

/** Run lengths of a region as `contracts/analyser-result.ts` has them: column by column, a run of zeros first. */
export function runLengthsOf(members: readonly number[], width: number, height: number): number[] {
  const places = Int32Array.from(members, (cell) => (cell % width) * height + Math.floor(cell / width)).sort();
  const runs: number[] = [];
  let end = 0;
  for (let i = 0; i < places.length; ) {
    const start = places[i] as number;
    let length = 1;
    while (places[i + length] === start + length) length++;
    runs.push(start - end, length);
    end = start + length;
    i += length;
  }
  if (end < width * height) runs.push(width * height - end);
  return runs;
}
