import { between, clamp, mixNumbers, type Random, smoothstep } from "../random.ts";
import type { Point } from "../surface.ts";
import type { Tile } from "../textures.ts";

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** A tapering tube: the gallbladder, ducts, ligaments, bowel. Distances in world units. */
export interface Tube {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly ra: number;
  readonly rb: number;
}

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
