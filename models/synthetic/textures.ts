import { between, type Random } from "./random.ts";

/** Side of every noise tile, a power of two. */
export const TILE = 256;

/** A square of noise in [0, 1] that repeats without a seam. */
export type Tile = Float32Array;

/** Fractal value noise: `octaves` layers, the first with `cells` lattice cells a side, each next one twice as fine and half as strong. */
export function fractalNoise(next: Random, cells: number, octaves: number): Tile {
  const tile = new Float32Array(TILE * TILE);
  let weight = 1;
  let total = 0;
  for (let octave = 0, period = cells; octave < octaves; octave++, period *= 2, weight /= 2) {
    const lattice = Float32Array.from({ length: period * period }, next);
    const step = period / TILE;
    for (let y = 0, i = 0; y < TILE; y++) {
      const v = y * step;
      const y0 = Math.floor(v);
      const fy = fade(v - y0);
      const row = (y0 % period) * period;
      const below = ((y0 + 1) % period) * period;
      for (let x = 0; x < TILE; x++, i++) {
        const u = x * step;
        const x0 = Math.floor(u);
        const fx = fade(u - x0);
        const left = x0 % period;
        const right = (x0 + 1) % period;
        const top = lattice[row + left]! * (1 - fx) + lattice[row + right]! * fx;
        const bottom = lattice[below + left]! * (1 - fx) + lattice[below + right]! * fx;
        tile[i] = tile[i]! + weight * (top * (1 - fy) + bottom * fy);
      }
    }
    total += weight;
  }
  return stretch(tile.map((value) => value / total));
}

/** Distance to the nearest of `count` scattered points (Worley noise): lobules of fat. 0 at a lobule's middle, 1 in the grooves. */
export function cellularNoise(next: Random, count: number): Tile {
  const side = Math.ceil(Math.sqrt(count));
  const points = Array.from({ length: side * side }, (_, i) => [
    (((i % side) + between(next, 0.1, 0.9)) * TILE) / side,
    ((Math.floor(i / side) + between(next, 0.1, 0.9)) * TILE) / side,
  ]) as [number, number][];
  const tile = new Float32Array(TILE * TILE);
  for (let y = 0, i = 0; y < TILE; y++) {
    for (let x = 0; x < TILE; x++, i++) {
      let nearest = Number.POSITIVE_INFINITY;
      for (const [px, py] of points) {
        const dx = Math.abs(x - px);
        const dy = Math.abs(y - py);
        const wx = dx > TILE / 2 ? TILE - dx : dx;
        const wy = dy > TILE / 2 ? TILE - dy : dy;
        const distance = wx * wx + wy * wy;
        if (distance < nearest) nearest = distance;
      }
      tile[i] = Math.sqrt(nearest);
    }
  }
  return stretch(tile);
}

/** Value at (u, v) in tile periods, interpolated. */
export function sampleTile(tile: Tile, u: number, v: number): number {
  const x = (u - Math.floor(u)) * TILE;
  const y = (v - Math.floor(v)) * TILE;
  const x0 = x | 0;
  const y0 = y | 0;
  const fx = x - x0;
  const fy = y - y0;
  const left = x0 & (TILE - 1);
  const right = (x0 + 1) & (TILE - 1);
  const row = (y0 & (TILE - 1)) * TILE;
  const below = ((y0 + 1) & (TILE - 1)) * TILE;
  const top = tile[row + left]! + (tile[row + right]! - tile[row + left]!) * fx;
  const bottom = tile[below + left]! + (tile[below + right]! - tile[below + left]!) * fx;
  return top + (bottom - top) * fy;
}

const fade = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);

function stretch(tile: Tile): Tile {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of tile) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return tile.map((value) => (value - low) / (high - low));
}
