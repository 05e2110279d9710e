import type { BoxShape, DrawnObject, Keyframe } from "../../contracts/corrections.ts";

export interface Raster {
  readonly width: number;
  readonly height: number;
}

/** Corners that a box is resized by. */
export const corners = ["nw", "ne", "sw", "se"] as const;
export type Corner = (typeof corners)[number];

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, Math.round(value)));

/** A box in whole pixels within the picture, at least one in each direction. */
export function within([x, y, width, height]: readonly [number, number, number, number], raster: Raster): BoxShape {
  const [left, top] = [clamp(x, 0, raster.width - 1), clamp(y, 0, raster.height - 1)];
  return [left, top, clamp(width, 1, raster.width - left), clamp(height, 1, raster.height - top)];
}

/** A box moved as far as the picture lets it. */
export const moved = ([x, y, width, height]: BoxShape, dx: number, dy: number, raster: Raster): BoxShape => [
  clamp(x + dx, 0, raster.width - width),
  clamp(y + dy, 0, raster.height - height),
  width,
  height,
];

/** A box one of whose corners is moved; the opposite one stays. Pulled past it, it stops there. */
export function resized([x, y, width, height]: BoxShape, corner: Corner, dx: number, dy: number, raster: Raster): BoxShape {
  const [right, bottom] = [x + width, y + height];
  const left = corner.endsWith("w") ? clamp(x + dx, 0, right - 1) : x;
  const top = corner.startsWith("n") ? clamp(y + dy, 0, bottom - 1) : y;
  const newRight = corner.endsWith("e") ? clamp(right + dx, x + 1, raster.width) : right;
  const newBottom = corner.startsWith("s") ? clamp(bottom + dy, y + 1, raster.height) : bottom;
  return [left, top, newRight - left, newBottom - top];
}

/** A drawn object with a keyframe; one of that frame is replaced. */
export const withKeyframe = (object: DrawnObject, key: Keyframe): DrawnObject => ({
  ...object,
  keyframes: [...object.keyframes.filter(({ frame }) => frame !== key.frame), key].sort((a, b) => a.frame - b.frame),
});

/** A drawn object without the keyframe of a frame; null if it was its last. */
export function withoutKeyframe(object: DrawnObject, frame: number): DrawnObject | null {
  const keyframes = object.keyframes.filter((key) => key.frame !== frame);
  return keyframes.length === 0 ? null : { ...object, keyframes };
}
