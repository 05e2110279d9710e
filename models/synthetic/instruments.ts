import type { ToolPose } from "./motion.ts";
import { clamp, mixNumbers } from "./random.ts";
import type { Instrument } from "./scenario.ts";
import type { Raster } from "./surface.ts";

/** What a part is made of: its colour, the strength of its highlight (0..255), how much shows through it. */
interface Material {
  readonly colour: readonly [number, number, number];
  readonly shine: number;
  readonly opacity: number;
}
const material = (red: number, green: number, blue: number, shine: number, opacity = 1): Material => ({ colour: [red, green, blue], shine, opacity });

const BLACK = material(40, 41, 46, 70);
const STEEL = material(168, 172, 180, 120);
const DARK_STEEL = material(112, 116, 124, 110);
const BLUE = material(36, 78, 168, 110);
const CERAMIC = material(232, 220, 188, 60);
const GOLD = material(208, 164, 72, 120);
const WHITE = material(216, 218, 222, 60);
const GREEN = material(58, 150, 104, 60);
const SLOT = material(26, 24, 26, 0);
const FILM = material(206, 222, 226, 70, 0.82);
const FILM_FOLD = material(238, 246, 248, 60, 0.5);

/**
 * A tapering rod with round ends, in the instrument's own frame: x runs along the shaft with the tip near 0 and the
 * shaft at negative x, y across; unit: the shaft's radius.
 */
interface Rod {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  readonly ra: number;
  readonly rb: number;
  readonly material: Material;
  /** Part of the working end, which the ground truth's box encloses. */
  readonly working: boolean;
}

const rod = (a: readonly [number, number], b: readonly [number, number], ra: number, rb: number, of: Material, working = true): Rod => ({
  a,
  b,
  ra,
  rb,
  material: of,
  working,
});
const shaft = (from: number, of: Material, radius = 1): Rod => rod([-70, 0], [from, 0], radius, radius, of, false);
const turned = (x: number, y: number, radius: number, angle: number): [number, number] => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];

/** The parts of each instrument, from back to front. `open` runs from 0 to 1. */
const SHAPES: Readonly<Record<Instrument, (open: number) => Rod[]>> = {
  Grasper: (open) => {
    const parts = [shaft(-5.6, BLACK), rod([-5.8, 0], [-4.6, 0], 0.95, 0.8, DARK_STEEL)];
    for (const side of [-1, 1]) {
      const angle = side * (0.06 + 0.36 * open);
      parts.push(
        rod([-4.6, side * 0.15], turned(-4.6, 0, 2.3, angle * 1.25), 0.6, 0.62, STEEL),
        rod(turned(-4.6, 0, 2.3, angle * 1.25), turned(-4.6, 0, 4.7, angle * 0.9), 0.62, 0.36, STEEL),
        rod(turned(-4.6, 0, 1.9, angle * 1.25), turned(-4.6, 0, 3.7, angle), 0.2, 0.16, SLOT),
      );
    }
    return parts;
  },
  Bipolar: (open) => {
    const parts = [shaft(-5.2, BLUE), rod([-5.4, 0], [-4.4, 0], 1, 0.75, BLUE)];
    for (const side of [-1, 1]) {
      const bow = side * (0.7 + 0.7 * open);
      parts.push(
        rod([-4.5, side * 0.3], [-2.4, bow], 0.42, 0.4, BLUE),
        rod([-2.4, bow], [-0.9, bow * 0.72], 0.4, 0.36, STEEL),
        rod([-0.9, bow * 0.72], [0.3, bow * 0.22 + side * 0.12], 0.36, 0.26, STEEL),
      );
    }
    return parts;
  },
  Hook: () => [
    shaft(-4.2, BLACK),
    rod([-4.4, 0], [-2.6, 0], 0.95, 0.55, CERAMIC),
    rod([-2.8, 0], [-0.3, 0], 0.28, 0.26, STEEL),
    rod([-0.3, 0], [0, 0.3], 0.26, 0.26, STEEL),
    rod([0, 0.3], [0.05, 1.75], 0.27, 0.2, STEEL),
  ],
  Scissors: (open) => {
    const parts = [shaft(-5, DARK_STEEL), rod([-5.2, 0], [-3.9, 0], 1, 0.8, STEEL)];
    for (const side of [-1, 1]) {
      const angle = side * (0.14 + 0.42 * open);
      const middle = turned(-4, 0, 2.2, angle);
      parts.push(rod([-4.1, -side * 0.3], middle, 0.62, 0.46, WHITE), rod(middle, turned(-4, 0, 4.6, angle * 0.72), 0.46, 0.06, WHITE));
    }
    parts.push(rod([-4, 0], [-3.9, 0], 0.42, 0.42, GOLD));
    return parts;
  },
  Clipper: (open) => {
    const parts = [shaft(-5.8, WHITE, 1.3), rod([-7, 0], [-6.2, 0], 1.36, 1.36, GREEN), rod([-5.8, 0], [-4.2, 0], 1.25, 0.95, GOLD)];
    for (const side of [-1, 1]) {
      const gap = side * (0.62 + 0.45 * open);
      parts.push(rod([-4.4, side * 0.5], [-2.8, gap], 0.45, 0.42, GOLD), rod([-2.8, gap], [0.2, gap * 0.9], 0.42, 0.38, GOLD));
    }
    parts.push(
      rod([-2.4, 0.62 + 0.45 * open], [-0.1, 0.56 + 0.4 * open], 0.14, 0.14, STEEL),
      rod([-2.4, -0.62 - 0.45 * open], [-0.1, -0.56 - 0.4 * open], 0.14, 0.14, STEEL),
    );
    return parts;
  },
  Irrigator: () => [
    shaft(-4.5, STEEL, 1.05),
    rod([-4.6, 0], [-0.3, 0], 1.05, 1, STEEL),
    rod([-3.4, -0.35], [-3.35, -0.35], 0.24, 0.24, SLOT),
    rod([-2.4, 0.3], [-2.35, 0.3], 0.24, 0.24, SLOT),
    rod([-1.5, -0.25], [-1.45, -0.25], 0.24, 0.24, SLOT),
    rod([0.1, 0], [0.2, 0], 0.55, 0.5, SLOT),
  ],
  SpecimenBag: (open) => {
    const mouth = 2.6 + 1.2 * open;
    return [
      shaft(-6, DARK_STEEL, 0.8),
      rod([-1.2, 0.4], [3.6, 1.2], mouth, 2.6, FILM),
      rod([-1, -mouth * 0.4], [4, 0.4], 0.5, 0.3, FILM_FOLD),
      rod([-1, mouth * 0.35], [4.2, 2], 0.45, 0.3, FILM_FOLD),
      rod([-6, 0], [-4, -mouth * 0.55], 0.34, 0.34, STEEL),
      rod([-4, -mouth * 0.55], [-1.4, -mouth], 0.34, 0.34, GREEN),
      rod([-6, 0], [-4, mouth * 0.7], 0.34, 0.34, STEEL),
      rod([-4, mouth * 0.7], [-1.2, mouth + 0.4], 0.34, 0.34, GREEN),
      rod([-1.4, -mouth], [-1.2, mouth + 0.4], 0.24, 0.24, GREEN),
    ];
  },
};

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
 */
export function paintInstrument(
  target: Raster,
  pose: ToolPose,
  lighting: Lighting,
  visible: (x: number, y: number) => boolean,
): [number, number, number, number] | undefined {
  const seen = nothing();
  const whole = nothing();
  for (const part of SHAPES[pose.instrument](pose.open)) {
    const at = placeRod(part, pose, target);
    if (part.working) {
      extend(whole, at.ax, at.ay, at.ra);
      extend(whole, at.bx, at.by, at.rb);
    }
    paintRod(target, at, part.material, lighting, part.working ? seen : undefined, visible);
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
function paintRod(target: Raster, at: Placed, of: Material, lighting: Lighting, bounds: Bounds | undefined, visible: (x: number, y: number) => boolean): void {
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
    if (bounds && cover >= 0.5 && visible(x, y)) {
      if (x < bounds.left) bounds.left = x;
      if (x >= bounds.right) bounds.right = x + 1;
      if (y < bounds.top) bounds.top = y;
      if (y >= bounds.bottom) bounds.bottom = y + 1;
    }
  });
}
