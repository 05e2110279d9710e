import { clamp } from "./random.ts";

/** Packed RGB, 8 bits a channel, row by row from the top: what ffmpeg calls rgb24. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export const raster = (width: number, height: number): Raster => ({ width, height, data: new Uint8ClampedArray(width * height * 3) });

/** Floats a texel: red, green, blue in 0..255, the surface normal's x and y, gloss. */
const CHANNELS = 6;

/**
 * Something to look at: a relief with colours, in world units. One unit is the picture's height at zoom 1;
 * (0, 0) is the middle.
 */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Texels a unit. */
  readonly scale: number;
  readonly texels: Float32Array;
  /** What each texel belongs to, as `Point.kind`. */
  readonly kinds: Uint8Array;
}

/** What a surface is at one point. Colours in 0..255, height in world units, gloss 0 (dull) to 1 (wet). */
export interface Point {
  red: number;
  green: number;
  blue: number;
  height: number;
  gloss: number;
  /** What it belongs to: a class of `classes.ts`, 0 for nothing that has a name. */
  kind: number;
}

/** Size of every surface in world units: room for the camera to wander. */
export const WORLD = { width: 3.4, height: 2.2 };

/** Samples `describe(x, y, point)` over the world and derives the normals from its heights. */
export function surface(scale: number, describe: (x: number, y: number, point: Point) => void): Surface {
  const width = Math.round(WORLD.width * scale);
  const height = Math.round(WORLD.height * scale);
  const texels = new Float32Array(width * height * CHANNELS);
  const kinds = new Uint8Array(width * height);
  const heights = new Float32Array(width * height);
  const point: Point = { red: 0, green: 0, blue: 0, height: 0, gloss: 0, kind: 0 };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      describe((x + 0.5) / scale - WORLD.width / 2, (y + 0.5) / scale - WORLD.height / 2, point);
      texels[i * CHANNELS] = point.red;
      texels[i * CHANNELS + 1] = point.green;
      texels[i * CHANNELS + 2] = point.blue;
      texels[i * CHANNELS + 5] = point.gloss;
      heights[i] = point.height;
      kinds[i] = point.kind;
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    const up = y > 0 ? -width : 0;
    const down = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, i++) {
      const dx = ((heights[i + (x < width - 1 ? 1 : 0)]! - heights[i - (x > 0 ? 1 : 0)]!) * scale) / 2;
      const dy = ((heights[i + down]! - heights[i + up]!) * scale) / 2;
      const length = Math.sqrt(1 + dx * dx + dy * dy);
      texels[i * CHANNELS + 3] = -dx / length;
      texels[i * CHANNELS + 4] = -dy / length;
    }
  }
  return { width, height, scale, texels, kinds };
}

/** Where the camera looks. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  /** Radians. */
  readonly rotation: number;
}

/** The light at the camera's tip. */
export interface Light {
  /** Share of light that comes from everywhere: 0 in the abdomen, high in a room. */
  readonly ambient: number;
  readonly gain: number;
  /** Loss towards the rim: brightness is `1 / (1 + falloff * r^2)`, r in picture heights from the middle. */
  readonly falloff: number;
  /** Strength of the glints, 0..255. */
  readonly specular: number;
}

/** Part of the picture, a disc: middle and radius in picture heights, (0, 0) the picture's middle. */
export interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** First and past-the-last pixel of row `y` within the disc. */
export function discRow(disc: Disc | undefined, width: number, height: number, y: number): [number, number] {
  if (!disc) return [0, width];
  const py = (y + 0.5) / height - 0.5 - disc.y;
  const half2 = disc.radius * disc.radius - py * py;
  if (half2 <= 0) return [0, 0];
  const half = Math.sqrt(half2);
  const middle = width / 2 + disc.x * height;
  return [clamp(Math.ceil(middle - half * height - 0.5), 0, width), clamp(Math.floor(middle + half * height + 0.5), 0, width)];
}

const GLINTS = Float32Array.from({ length: 256 }, (_, i) => Math.exp(-i / 9));

/**
 * Paints a surface as an endoscope sees it: lit from the camera (Lambert), with glints where the surface faces the
 * light (a Gaussian lobe of the normal's distance from the half vector), breathing slowly with `time`.
 * @param kinds takes, where given, what every painted pixel shows: a byte a pixel.
 */
export function paintSurface(target: Raster, source: Surface, view: View, light: Light, time: number, clip?: Disc, kinds?: Uint8Array): void {
  const { width, height, data } = target;
  const { texels, scale } = source;
  const stride = source.width * CHANNELS;
  const cos = Math.cos(view.rotation) / view.zoom;
  const sin = Math.sin(view.rotation) / view.zoom;
  const breathX = breath(height, 0.9, time, 0.006);
  const breathY = breath(width, 1.3, time, 0.009);
  const maxX = source.width - 2.01;
  const maxY = source.height - 2.01;
  const gain = light.gain;
  for (let y = 0; y < height; y++) {
    const py = (y + 0.5) / height - 0.5;
    const [from, to] = discRow(clip, width, height, y);
    for (let x = from; x < to; x++) {
      const px = (x + 0.5 - width / 2) / height;
      const wx = view.x + px * cos - py * sin + breathX[y]!;
      const wy = view.y + px * sin + py * cos + breathY[x]!;
      let tx = (wx + WORLD.width / 2) * scale - 0.5;
      let ty = (wy + WORLD.height / 2) * scale - 0.5;
      // Beyond its edges the world goes on as in a mirror.
      tx = tx < 0 ? -tx : tx > maxX ? 2 * maxX - tx : tx;
      ty = ty < 0 ? -ty : ty > maxY ? 2 * maxY - ty : ty;
      const ix = tx | 0;
      const iy = ty | 0;
      const fx = tx - ix;
      const fy = ty - iy;
      const d = fx * fy;
      const c = fy - d;
      const b = fx - d;
      const a = 1 - fx - c;
      const i = iy * stride + ix * CHANNELS;
      const j = i + stride;
      const nx = texels[i + 3]! * a + texels[i + 9]! * b + texels[j + 3]! * c + texels[j + 9]! * d;
      const ny = texels[i + 4]! * a + texels[i + 10]! * b + texels[j + 4]! * c + texels[j + 10]! * d;
      const nz = 1 - 0.5 * (nx * nx + ny * ny);
      // The light sits a little above the lens; px and py stand for the angle under which the ray arrives.
      const facing = nz - nx * px * 0.7 - ny * (py + 0.18) * 0.7;
      const lit = (light.ambient + (1 - light.ambient) * Math.max(facing, 0.08)) * (gain / (1 + light.falloff * (px * px + py * py)));
      const gx = nx + px * 0.42;
      const gy = ny + (py + 0.12) * 0.42;
      const lobe = (gx * gx + gy * gy) * 2600;
      const glint = lobe < 255 ? GLINTS[lobe | 0]! * texels[i + 5]! * light.specular : 0;
      const o = (y * width + x) * 3;
      data[o] = (texels[i]! * a + texels[i + 6]! * b + texels[j]! * c + texels[j + 6]! * d) * lit + glint;
      data[o + 1] = (texels[i + 1]! * a + texels[i + 7]! * b + texels[j + 1]! * c + texels[j + 7]! * d) * lit + glint;
      data[o + 2] = (texels[i + 2]! * a + texels[i + 8]! * b + texels[j + 2]! * c + texels[j + 8]! * d) * lit + glint;
      if (kinds) kinds[y * width + x] = source.kinds[Math.round(ty) * source.width + Math.round(tx)]!;
    }
  }
}

/** A slow wave along one axis, in world units. */
const breath = (length: number, waves: number, time: number, size: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => size * Math.sin((i / length) * waves * 2 * Math.PI + time * 1.6));
