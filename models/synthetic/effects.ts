import { classOf } from "./classes.ts";
import type { Fog } from "./motion.ts";
import { clamp, mixNumbers, type Random, smoothstep } from "./random.ts";
import { type Disc, discRow, type Raster, type View } from "./surface.ts";
import { sampleTile, type Tile } from "./textures.ts";

const BLOOD = classOf("Blood");

/** Blends drifting smoke over the picture; density 0 to 1. */
export function paintSmoke(target: Raster, density: number, time: number, noise: Tile): void {
  const { width, height, data } = target;
  for (let y = 0, o = 0; y < height; y++) {
    const v = y / height;
    for (let x = 0; x < width; x++, o += 3) {
      const u = x / height;
      const puff = sampleTile(noise, u * 0.42 + time * 0.05, v * 0.42 + time * 0.11);
      const wisp = sampleTile(noise, u * 0.9 - time * 0.07 + puff * 0.2, v * 0.9 + time * 0.2);
      const share = density * clamp(0.22 + 0.9 * (0.6 * puff + 0.4 * wisp - 0.25), 0, 0.86);
      data[o] = mixNumbers(data[o]!, 206, share);
      data[o + 1] = mixNumbers(data[o + 1]!, 203, share);
      data[o + 2] = mixNumbers(data[o + 2]!, 204, share);
    }
  }
}

/** Width of the border between clear and fogged glass, picture heights. */
const FOG_BORDER = 0.3;

/**
 * Fogs the lens: where water lies on it, the picture is blurred lightly and veiled by its own scattered light, paler and of less
 * colour. The water stays where it is while the camera moves.
 * @param rim the round picture: its middle, and how far fog can reach from it, in picture heights.
 * @param scratch as large as the target; overwritten.
 */
export function paintFog(target: Raster, scratch: Raster, fog: Fog, rim: Disc, noise: Tile): void {
  const { width, height, data } = target;
  scratch.data.set(data);
  blur(scratch, 0.008 * height);
  const soft = scratch.data;
  const [red, green, blue] = veilOf(target);
  const clear = mixNumbers(rim.radius + FOG_BORDER, -2 * FOG_BORDER, fog.spread);
  for (let y = 0, o = 0; y < height; y++) {
    const v = (y + 0.5) / height - 0.5 - rim.y;
    for (let x = 0; x < width; x++, o += 3) {
      const u = (x + 0.5 - width / 2) / height - rim.x;
      const ragged = 0.7 * sampleTile(noise, u * 0.5 + 0.5, v * 0.5 + 0.5) + 0.3 * sampleTile(noise, u * 3.3, v * 3.3);
      const water = smoothstep(clear - FOG_BORDER, clear + FOG_BORDER, Math.sqrt(u * u + v * v) + (ragged - 0.5) * 0.4);
      if (water <= 0) continue;
      const veil = 0.85 * fog.density * water * (0.8 + 0.3 * ragged);
      data[o] = mixNumbers(mixNumbers(data[o]!, soft[o]!, water), red, veil);
      data[o + 1] = mixNumbers(mixNumbers(data[o + 1]!, soft[o + 1]!, water), green, veil);
      data[o + 2] = mixNumbers(mixNumbers(data[o + 2]!, soft[o + 2]!, water), blue, veil);
    }
  }
}

/** The light that water on the lens scatters: the picture's mean, paler and half as colourful. */
function veilOf({ width, height, data }: Raster): readonly [number, number, number] {
  const sum = [0, 0, 0];
  const step = 7;
  let count = 0;
  for (let i = 0; i < width * height; i += step, count++) for (let c = 0; c < 3; c++) sum[c]! += data[3 * i + c]!;
  const mean = sum.map((s) => s / count);
  const grey = (mean[0]! + mean[1]! + mean[2]!) / 3;
  return mean.map((m) => 66 + 0.9 * mixNumbers(m, grey, 0.5)) as [number, number, number];
}

/**
 * Paints a pool of blood that lies on the tissue (world units), keeping the shading and the glints below it.
 * @param kinds where given, pixels that show more blood than tissue become Blood in it.
 */
export function paintBlood(
  target: Raster,
  pool: { x: number; y: number; radius: number; strength: number },
  view: View,
  time: number,
  noise: Tile,
  kinds?: Uint8Array,
): void {
  const { width, height, data } = target;
  const cos = Math.cos(view.rotation) / view.zoom;
  const sin = Math.sin(view.rotation) / view.zoom;
  for (let y = 0, o = 0; y < height; y++) {
    const py = (y + 0.5) / height - 0.5;
    for (let x = 0; x < width; x++, o += 3) {
      const px = (x + 0.5 - width / 2) / height;
      const wx = view.x + px * cos - py * sin - pool.x;
      const wy = view.y + px * sin + py * cos - pool.y;
      // Blood runs down: the pool is longer below its source.
      const distance = Math.sqrt(wx * wx + wy * wy * (wy > 0 ? 0.4 : 1.4));
      if (distance > pool.radius * 1.5) continue;
      const ragged = 0.6 * sampleTile(noise, wx * 1.3 + 0.3, wy * 0.7 - time * 0.02) + 0.4 * sampleTile(noise, wx * 3.1, wy * 1.9 - time * 0.05);
      const share = pool.strength * 0.93 * (1 - smoothstep(0.84, 1, distance / pool.radius + (ragged - 0.5) * 1.3));
      if (share <= 0) continue;
      const luma = (data[o]! * 77 + data[o + 1]! * 150 + data[o + 2]! * 29) / 65280;
      const wet = luma > 0.72 ? (luma - 0.72) * 500 : 0;
      const tone = (0.36 + 0.9 * luma) * (0.75 + 0.5 * ragged);
      data[o] = mixNumbers(data[o]!, 152 * tone + wet, share);
      data[o + 1] = mixNumbers(data[o + 1]!, 12 * tone + wet, share);
      data[o + 2] = mixNumbers(data[o + 2]!, 14 * tone + wet, share);
      if (kinds && share >= 0.5) kinds[y * width + x] = BLOOD;
    }
  }
}

/** Multiplies every pixel. Values above 255 are cut off, as a sensor does. */
export function expose(target: Raster, factor: number): void {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, i) => i * factor);
  const { data } = target;
  for (let i = 0; i < data.length; i++) data[i] = table[data[i]!]!;
}

/** Out of focus: a box blur of `radius` pixels in both directions, twice, which comes close to a Gaussian. */
export function blur(target: Raster, radius: number): void {
  const reach = Math.round(radius);
  if (reach < 1) return;
  const { width, height, data } = target;
  const line = new Uint8Array(Math.max(width, height) * 3);
  for (let pass = 0; pass < 2; pass++) {
    for (let y = 0; y < height; y++) smooth(data, y * width * 3, 3, width, reach, line);
    for (let x = 0; x < width; x++) smooth(data, x * 3, width * 3, height, reach, line);
  }
}

function smooth(data: Uint8ClampedArray, start: number, step: number, count: number, reach: number, line: Uint8Array): void {
  for (let i = 0, o = start; i < count; i++, o += step) {
    line[i * 3] = data[o]!;
    line[i * 3 + 1] = data[o + 1]!;
    line[i * 3 + 2] = data[o + 2]!;
  }
  const size = 2 * reach + 1;
  for (let channel = 0; channel < 3; channel++) {
    const at = (i: number): number => line[(i < 0 ? 0 : i >= count ? count - 1 : i) * 3 + channel]!;
    let sum = 0;
    for (let i = -reach; i <= reach; i++) sum += at(i);
    for (let i = 0, o = start + channel; i < count; i++, o += step) {
      data[o] = sum / size;
      sum += at(i + reach + 1) - at(i - reach);
    }
  }
}

/** Scales up by whole steps, interpolated between the source's pixel middles, into a raster of any size up to `factor` times the source. */
export function upscale(source: Raster, target: Raster, factor: number): void {
  const { width, height, data } = target;
  const columns = Array.from({ length: width }, (_, x) => position(x, factor, source.width));
  const left = Int32Array.from(columns, ([i]) => i * 3);
  const right = Int32Array.from(columns, ([i]) => Math.min(i + 1, source.width - 1) * 3);
  const share = Float32Array.from(columns, ([, f]) => f);
  const row = new Float32Array(source.width * 3);
  for (let y = 0, o = 0; y < height; y++) {
    const [y0, fy] = position(y, factor, source.height);
    const top = y0 * source.width * 3;
    const bottom = Math.min(y0 + 1, source.height - 1) * source.width * 3;
    for (let i = 0; i < row.length; i++) row[i] = source.data[top + i]! + (source.data[bottom + i]! - source.data[top + i]!) * fy;
    for (let x = 0; x < width; x++, o += 3) {
      const a = left[x]!;
      const b = right[x]!;
      const f = share[x]!;
      data[o] = row[a]! + (row[b]! - row[a]!) * f;
      data[o + 1] = row[a + 1]! + (row[b + 1]! - row[a + 1]!) * f;
      data[o + 2] = row[a + 2]! + (row[b + 2]! - row[a + 2]!) * f;
    }
  }
}

/** Gives every pixel of a raster `factor` times the source what the nearest pixel of the source has: a byte a pixel. */
export function enlarge(source: Uint8Array, sourceWidth: number, target: Uint8Array, width: number, factor: number): void {
  for (let i = 0; i < target.length; i++) {
    const y = Math.floor(i / width);
    target[i] = source[Math.floor(y / factor) * sourceWidth + Math.floor((i - y * width) / factor)]!;
  }
}

function position(pixel: number, factor: number, count: number): [number, number] {
  const at = clamp((pixel + 0.5) / factor - 0.5, 0, count - 1);
  const whole = Math.floor(at);
  return [whole, at - whole];
}

/** What the endoscope's round stop leaves of each pixel, 0..255, dark outside. */
export function apertureMask(width: number, height: number, disc: Disc): Uint8Array {
  const mask = new Uint8Array(width * height);
  const edge = 0.006;
  for (let y = 0; y < height; y++) {
    const [from, to] = discRow(disc, width, height, y);
    for (let x = from; x < to; x++) {
      const r = Math.hypot((x + 0.5 - width / 2) / height - disc.x, (y + 0.5) / height - 0.5 - disc.y);
      mask[y * width + x] = Math.round(255 * smoothstep(0, edge, disc.radius - r));
    }
  }
  return mask;
}

/** Darkens what the mask hides to the sensor's black. */
export function applyMask(target: Raster, mask: Uint8Array): void {
  const { data } = target;
  for (let i = 0, o = 0; i < mask.length; i++, o += 3) {
    const m = mask[i]!;
    if (m === 255) continue;
    data[o] = (data[o]! * m) / 255 + 4;
    data[o + 1] = (data[o + 1]! * m) / 255 + 4;
    data[o + 2] = (data[o + 2]! * m) / 255 + 5;
  }
}

/** A strip of sensor noise, sum of two dice, in grey levels. */
export const sensorNoise = (next: Random, length: number, amplitude: number): Int8Array =>
  Int8Array.from({ length }, () => Math.round((next() + next() - 1) * amplitude));

/** Adds sensor noise. `start` picks the place in the strip; its length must be a power of two. */
export function addNoise(target: Raster, strip: Int8Array, start: number): void {
  const { data } = target;
  const wrap = strip.length - 1;
  for (let i = 0; i < data.length; i++) data[i] = data[i]! + strip[(i + start) & wrap]!;
}
