import { classOf } from "./classes.ts";
import { FILM_FOLD, type Material, type Rod, SHAPES, SLOT } from "./instrument-shapes.ts";
import type { ToolPose } from "./motion.ts";
import { clamp, mixNumbers } from "./random.ts";
import type { Raster } from "./surface.ts";

/** A rod in pixels. */
interface Placed {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly ra: number;
  readonly rb: number;
}

/** Pixels, half-open: `right` and `bottom` are the first column and row after it. */
interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The bounds of nothing. */
const nothing = (): Bounds => ({
  left: Number.POSITIVE_INFINITY,
  top: Number.POSITIVE_INFINITY,
  right: Number.NEGATIVE_INFINITY,
  bottom: Number.NEGATIVE_INFINITY,
});

/** Brightness of the light on instruments at a pixel. */
export type Lighting = (x: number, y: number) => number;

/**
 * Paints an instrument and measures its working end.
 * @param visible 0 where the endoscope's mask hides the pixel.
 * @returns the box [x, y, width, height] in pixels of the visible part of the working end; undefined where less than
 *   a quarter of its extent is in sight, for then nobody could name it.
 * @param kinds takes the instrument's class for each pixel that it covers at least half, shaft included: a byte a pixel.
 */
export function paintInstrument(
  target: Raster,
  pose: ToolPose,
  lighting: Lighting,
  visible: (x: number, y: number) => boolean,
  kinds: Uint8Array,
): [number, number, number, number] | undefined {
  const kind = classOf(pose.instrument);
  const seen = nothing();
  const whole = nothing();
  for (const part of SHAPES[pose.instrument](pose.open)) {
    const at = placeRod(part, pose, target);
    if (part.working) {
      extend(whole, at.ax, at.ay, at.ra);
      extend(whole, at.bx, at.by, at.rb);
    }
    paintRod(target, at, part.material, lighting, part.working ? seen : undefined, visible, kinds, kind);
  }
  if (seen.right <= seen.left) return undefined;
  const box = [seen.left, seen.top, seen.right - seen.left, seen.bottom - seen.top] as [number, number, number, number];
  const full = (whole.right - whole.left) * (whole.bottom - whole.top);
  return box[2] * box[3] > full / 4 ? box : undefined;
}

/** Darkens the tissue below an instrument, softly and to the lower side, away from the light. */
export function paintShadow(target: Raster, pose: ToolPose, strength: number): void {
  const { width, height, data } = target;
  const offset = { ...pose, x: pose.x + 0.012, y: pose.y + 0.034 };
  for (const part of SHAPES[pose.instrument](pose.open)) {
    if (part.material === SLOT || part.material === FILM_FOLD) continue;
    const at = placeRod(part, offset, target);
    const soft = 0.02 * height;
    forEachPixel(width, height, at, soft, (o, distance, radius) => {
      const cover = clamp((radius + soft - distance) / (2 * soft), 0, 1);
      const factor = 1 - strength * cover * cover;
      data[o] = data[o]! * factor;
      data[o + 1] = data[o + 1]! * factor;
      data[o + 2] = data[o + 2]! * factor;
    });
  }
}

function placeRod(part: Rod, pose: ToolPose, target: Raster): Placed {
  const unit = pose.size * target.height;
  const cos = Math.cos(pose.angle) * unit;
  const sin = Math.sin(pose.angle) * unit;
  const x = target.width / 2 + pose.x * target.height;
  const y = target.height / 2 + pose.y * target.height;
  const point = ([u, v]: readonly [number, number]): [number, number] => [x + u * cos - v * sin, y + u * sin + v * cos];
  const [ax, ay] = point(part.a);
  const [bx, by] = point(part.b);
  return { ax, ay, bx, by, ra: part.ra * unit, rb: part.rb * unit };
}

function extend(bounds: Bounds, x: number, y: number, radius: number): void {
  bounds.left = Math.min(bounds.left, x - radius);
  bounds.top = Math.min(bounds.top, y - radius);
  bounds.right = Math.max(bounds.right, x + radius);
  bounds.bottom = Math.max(bounds.bottom, y + radius);
}

/** Calls back for every pixel within `margin` of the rod: byte offset, distance to the axis, radius there, side of the axis (-1..1), x, y. */
function forEachPixel(
  width: number,
  height: number,
  at: Placed,
  margin: number,
  paint: (offset: number, distance: number, radius: number, side: number, x: number, y: number) => void,
): void {
  const reach = Math.max(at.ra, at.rb) + margin;
  const dx = at.bx - at.ax;
  const dy = at.by - at.ay;
  const length2 = dx * dx + dy * dy || 1e-9;
  const length = Math.sqrt(length2);
  const top = clamp(Math.floor(Math.min(at.ay, at.by) - reach), 0, height);
  const bottom = clamp(Math.ceil(Math.max(at.ay, at.by) + reach), 0, height);
  const left = Math.min(at.ax, at.bx) - reach;
  const right = Math.max(at.ax, at.bx) + reach;
  for (let y = top; y < bottom; y++) {
    const qy = y + 0.5 - at.ay;
    // The row crosses the rod's strip, |distance to the axis| <= reach, between these columns.
    let from = left;
    let to = right;
    if (Math.abs(dy) > 1e-6) {
      const middle = at.ax + (qy * dx) / dy;
      const half = Math.abs((reach * length) / dy);
      from = Math.max(from, middle - half);
      to = Math.min(to, middle + half);
    }
    const last = clamp(Math.ceil(to), 0, width);
    for (let x = clamp(Math.floor(from), 0, width); x < last; x++) {
      const qx = x + 0.5 - at.ax;
      const along = clamp((qx * dx + qy * dy) / length2, 0, 1);
      const ex = qx - along * dx;
      const ey = qy - along * dy;
      const distance = Math.sqrt(ex * ex + ey * ey);
      const radius = at.ra + (at.rb - at.ra) * along;
      if (distance < radius + margin) paint((y * width + x) * 3, distance, radius, (qx * dy - qy * dx) / length / radius, x, y);
    }
  }
}

/** A rod as a cylinder lit from above: brightest where its side faces up, with a narrow highlight, dark at its edges. */
function paintRod(
  target: Raster,
  at: Placed,
  of: Material,
  lighting: Lighting,
  bounds: Bounds | undefined,
  visible: (x: number, y: number) => boolean,
  kinds: Uint8Array,
  kind: number,
): void {
  const { width, height, data } = target;
  const length = Math.hypot(at.bx - at.ax, at.by - at.ay) || 1;
  // Positive side lies in direction (dy, -dx); its share of "up" is dx / length.
  const up = (at.bx - at.ax) / length;
  const [red, green, blue] = of.colour;
  forEachPixel(width, height, at, 0.5, (o, distance, radius, side, x, y) => {
    const cover = clamp(radius - distance + 0.5, 0, 1);
    const s = clamp(side, -1, 1);
    const facing = Math.sqrt(1 - s * s) * 0.82 + s * up * 0.5;
    const light = lighting(x, y);
    const lit = (0.28 + 0.78 * Math.max(0, facing)) * light;
    const glint = s * up - 0.42;
    const shine = of.shine * Math.exp(-glint * glint * 26) * light;
    const share = cover * of.opacity;
    data[o] = mixNumbers(data[o]!, red * lit + shine, share);
    data[o + 1] = mixNumbers(data[o + 1]!, green * lit + shine, share);
    data[o + 2] = mixNumbers(data[o + 2]!, blue * lit + shine, share);
    if (cover >= 0.5) kinds[y * width + x] = kind;
    if (bounds && cover >= 0.5 && visible(x, y)) {
      if (x < bounds.left) bounds.left = x;
      if (x >= bounds.right) bounds.right = x + 1;
      if (y < bounds.top) bounds.top = y;
      if (y >= bounds.bottom) bounds.bottom = y + 1;
    }
  });
}
