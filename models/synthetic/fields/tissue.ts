import { classOf } from "../classes.ts";
import { between, clamp, mixNumbers, type Random, smoothstep } from "../random.ts";
import type { Point } from "../surface.ts";
import { cellularNoise, fractalNoise, sampleTile, type Tile } from "../textures.ts";

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** How tissue differs from place to place: noise at three scales, 0 to 1, the broadest first, and how much higher it stands for it. */
export interface Grain {
  readonly n1: number;
  readonly n2: number;
  readonly n3: number;
  readonly bump: number;
}

/** What every field is made of. It varies with what is drawn from `next`. */
export function tissue(next: Random) {
  const soft = fractalNoise(next, 4, 4);
  const fine = fractalNoise(next, 24, 3);
  const lobules = cellularNoise(next, 64);
  const warm = between(next, -10, 10);
  return {
    /** A colour near this one, warmer or colder as all of the field's are. */
    tint: (r: number, g: number, b: number): Colour => [r + warm + between(next, -8, 8), g + between(next, -7, 7), b - warm / 2 + between(next, -6, 6)],
    grain(x: number, y: number): Grain {
      const n1 = sampleTile(soft, x * 0.31 + 0.1, y * 0.31);
      const n2 = sampleTile(soft, x * 0.83 + 0.6, y * 0.83 + 0.3);
      const n3 = sampleTile(fine, x * 0.9, y * 0.9);
      return { n1, n2, n3, bump: (n2 - 0.5) * 0.06 + (n3 - 0.5) * 0.012 };
    },
    /** 0 in the middle of a lobule of fat, 1 between two. */
    groove: (x: number, y: number): number => sampleTile(lobules, x * 0.62, y * 0.62 + 0.2),
  };
}

/** A tapering tube: the gallbladder, ducts, ligaments, bowel. Distances in world units. */
export interface Tube {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly ra: number;
  readonly rb: number;
}

const kind = { bowel: classOf("GastrointestinalTract"), fat: classOf("Fat") };

/** Gives a point a colour, whatever it had. */
export function fill(point: Point, colour: Colour, factor: number): void {
  point.red = colour[0] * factor;
  point.green = colour[1] * factor;
  point.blue = colour[2] * factor;
}

/** Mixes a colour into a point's. */
export function blendTo(point: Point, colour: Colour, share: number, factor: number): void {
  point.red = mixNumbers(point.red, colour[0] * factor, share);
  point.green = mixNumbers(point.green, colour[1] * factor, share);
  point.blue = mixNumbers(point.blue, colour[2] * factor, share);
}

/** Lays something over what a point is: its colour as `blendTo` does, and its height and gloss; it is of that kind where it covers at least half. */
export function cover(
  point: Point,
  share: number,
  { colour, factor, height, gloss, kind }: { colour: Colour; factor: number; height: number; gloss: number; kind: number },
): void {
  blendTo(point, colour, share, factor);
  point.height = mixNumbers(point.height, height, share);
  point.gloss = mixNumbers(point.gloss, gloss, share);
  if (share >= 0.5) point.kind = kind;
}

/** Darkens a point. */
export function shade(point: Point, factor: number): void {
  point.red *= factor;
  point.green *= factor;
  point.blue *= factor;
}

/** How deep a point lies in a tube: 0 at the wall, 1 on the axis, negative outside (in radii). */
export function inTube(tube: Tube, x: number, y: number): number {
  const dx = tube.bx - tube.ax;
  const dy = tube.by - tube.ay;
  const along = clamp(((x - tube.ax) * dx + (y - tube.ay) * dy) / (dx * dx + dy * dy), 0, 1);
  const radius = mixNumbers(tube.ra, tube.rb, smoothstep(0, 1, along));
  return 1 - Math.hypot(x - tube.ax - along * dx, y - tube.ay - along * dy) / radius;
}

/** Height of a tube's back over its wall, 0 to 1, for a depth of `inTube`. */
export const dome = (depth: number): number => depth * (2 - depth);

/** Fat on a point, lobule by lobule. */
export function coverWithFat(point: Point, share: number, colour: Colour, groove: number, { n3 }: Grain): void {
  blendTo(point, colour, share, 1.1 - 0.42 * groove + (n3 - 0.5) * 0.16);
  point.height += share * (0.075 * (1 - groove * groove) + 0.02);
  if (share >= 0.5) point.kind = kind.fat;
}

/** A loop of bowel over a point, `depth` deep in it; its folds follow x. */
export function coverWithBowel(point: Point, depth: number, colour: Colour, x: number, { n2, bump }: Grain): void {
  const height = 0.2 * dome(depth) + 0.012 * Math.sin(x * 26) + bump * 0.6;
  cover(point, smoothstep(0, 0.12, depth), { colour, factor: 0.88 + 0.22 * n2, height, gloss: 0.8, kind: kind.bowel });
}

/** Ends a point: little vessels shine through it, and it is wet unevenly. */
export function finish(point: Point, colour: Colour, vein: number, { n3 }: Grain): void {
  if (vein > 0) blendTo(point, colour, vein, 0.95);
  point.gloss *= 0.55 + 0.6 * n3;
}

/** Branching little vessels, looked up from a drawn mask: 0..1. */
export function vessels(next: Random, count: number): (x: number, y: number) => number {
  const size = 512;
  const mask = new Float32Array(size * size);
  const grow = (x: number, y: number, heading: number, width: number, length: number): void => {
    let [px, py, angle] = [x, y, heading];
    for (let step = 0; step < length; step++) {
      angle += between(next, -0.35, 0.35);
      px += Math.cos(angle);
      py += Math.sin(angle);
      stamp(mask, size, px, py, width * (1 - (0.6 * step) / length));
      if (step > 8 && next() < 0.025 && width > 0.5) grow(px, py, angle + (next() < 0.5 ? -1 : 1) * between(next, 0.4, 0.9), width * 0.65, length * 0.6);
    }
  };
  for (let i = 0; i < count; i++) grow(between(next, 0, size), between(next, 0, size), between(next, 0, 6.3), between(next, 0.6, 1.5), between(next, 50, 130));
  const at = (u: number, v: number): number => mask[(v & (size - 1)) * size + (u & (size - 1))]!;
  return (x, y) => {
    const u = (x + 1.7) * 150;
    const v = (y + 1.1) * 150;
    const i = Math.floor(u);
    const j = Math.floor(v);
    return mixNumbers(mixNumbers(at(i, j), at(i + 1, j), u - i), mixNumbers(at(i, j + 1), at(i + 1, j + 1), u - i), v - j);
  };
}

function stamp(mask: Tile, size: number, x: number, y: number, radius: number): void {
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) {
      const i = ((Math.floor(y) + dy) & (size - 1)) * size + ((Math.floor(x) + dx) & (size - 1));
      mask[i] = Math.max(mask[i]!, clamp(radius + 0.5 - Math.hypot(dx, dy), 0, 1));
    }
  }
}
