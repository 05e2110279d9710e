import { between, clamp, mixNumbers, pick, random, smoothstep } from "./random.ts";
import { type Raster, type Surface, surface } from "./surface.ts";
import { fractalNoise, sampleTile, TILE } from "./textures.ts";

/**
 * The operating room as the camera sees it outside the patient, in the same world units as the tissue: drapes with
 * folds, prepared skin around the trocar at (0, 0), gloved hands, an instrument tray, lamps, a dark room behind.
 * Nobody's face is drawn.
 */
export function theatreSurface(seed: number, scale: number): Surface {
  const next = random(seed, "theatre");
  const soft = fractalNoise(next, 3, 4);
  const weave = fractalNoise(next, 32, 3);
  const drape = pick(next, [
    [66, 128, 138],
    [58, 106, 152],
    [78, 140, 118],
    [96, 134, 168],
  ] as const).map((value) => value + between(next, -12, 12)) as [number, number, number];
  const glove = pick(next, [
    [226, 220, 206],
    [150, 178, 206],
    [188, 170, 142],
  ] as const);
  const skin = [between(next, 168, 206), between(next, 112, 142), between(next, 70, 96)] as const;
  const opening = { x: between(next, 0.34, 0.5), y: between(next, 0.26, 0.36) };
  const lamps = Array.from({ length: 7 }, (_, i) => ({
    x: -1.05 + 0.16 * Math.cos((i / 6) * 2 * Math.PI) * (i === 6 ? 0 : 1),
    y: -0.72 + 0.14 * Math.sin((i / 6) * 2 * Math.PI) * (i === 6 ? 0 : 1),
  }));
  const hands = [
    { x: 1.0, y: 0.28, angle: between(next, 2.6, 3.6) },
    { x: -0.85, y: 0.5, angle: between(next, -0.7, 0.5) },
  ];

  return surface(scale, (x, y, point) => {
    const n1 = sampleTile(soft, x * 0.28, y * 0.28);
    const n2 = sampleTile(soft, x * 0.61 + 0.4, y * 0.61);
    const cloth = sampleTile(weave, x * 2.1, y * 2.1);
    const fold = Math.abs(Math.sin((x * 0.8 + y * 1.4 + n1 * 2.2) * 3.4));
    const wrinkle = 0.72 + 0.36 * fold + 0.06 * (cloth - 0.5);
    put(drape[0] * wrinkle, drape[1] * wrinkle, drape[2] * wrinkle);
    point.height = 0.06 * fold + 0.1 * n2;
    point.gloss = 0;

    const reach = Math.hypot(x / opening.x, y / opening.y) + (n2 - 0.5) * 0.12;
    const bare = 1 - smoothstep(0.97, 1.03, reach);
    if (bare > 0) {
      const tone = 0.9 + 0.22 * (n1 - 0.5) - 0.15 * smoothstep(0.6, 1, reach);
      fadeTo(skin[0] * tone, skin[1] * tone, skin[2] * tone, bare);
      point.height = mixNumbers(point.height, 0.12 * (1 - reach * reach), bare);
      point.gloss = 0.25 * bare;
    }

    // Tray with instruments, lower right.
    const tx = x - 0.72;
    const ty = y - 0.72;
    if (Math.abs(tx) < 0.42 && Math.abs(ty) < 0.2) {
      const rod = Math.abs(((tx + 0.2 * ty) * 9) % 1) < 0.35 && Math.abs(ty) < 0.15;
      const steel = rod ? 222 : 150 + 30 * n2;
      fadeTo(steel, steel + 3, steel + 8, 1);
      point.gloss = rod ? 0.7 : 0.2;
    }

    for (const hand of hands) {
      const cos = Math.cos(hand.angle);
      const sin = Math.sin(hand.angle);
      const u = (x - hand.x) * cos + (y - hand.y) * sin;
      const v = (y - hand.y) * cos - (x - hand.x) * sin;
      let inside = Math.max(0.17 - Math.hypot(u * 0.8, v), u < 0 ? 0.13 - Math.abs(v) : -1);
      for (let finger = -1.5; finger <= 1.5; finger++) {
        const along = clamp(u, 0, 0.34 - Math.abs(finger) * 0.03);
        inside = Math.max(inside, 0.04 - Math.hypot(u - along, v - finger * 0.072 * (1 + along)));
      }
      const cover = smoothstep(-0.006, 0.012, inside);
      if (cover > 0) {
        const tone = 0.8 + 2 * clamp(inside, 0, 0.1) + 0.1 * (n2 - 0.5);
        fadeTo(glove[0] * tone, glove[1] * tone, glove[2] * tone, cover);
        point.height += 0.5 * clamp(inside, 0, 0.1);
      } else {
        darken(1 - 0.3 * smoothstep(-0.09, 0, inside));
      }
    }

    // Behind the table: a dark room, a lit monitor, the lamps and their halo.
    const room = smoothstep(0.1, 0.22, -0.5 - y - 0.1 * Math.sin(x * 2.2));
    fadeTo(44 + 22 * n1, 50 + 22 * n1, 60 + 24 * n1, room);
    if (Math.abs(x - 0.75) < 0.24 && Math.abs(y + 0.82) < 0.14) fadeTo(96, 150, 190, 1);
    for (const lamp of lamps) {
      const distance = Math.hypot(x - lamp.x, y - lamp.y);
      const glow = 1.05 * (1 - smoothstep(0.045, 0.075, distance)) + 0.16 * Math.exp(-distance * 5);
      point.red += 255 * glow;
      point.green += 252 * glow;
      point.blue += 240 * glow;
    }

    function put(r: number, g: number, b: number): void {
      point.red = r;
      point.green = g;
      point.blue = b;
    }
    function fadeTo(r: number, g: number, b: number, share: number): void {
      put(mixNumbers(point.red, r, share), mixNumbers(point.green, g, share), mixNumbers(point.blue, b, share));
    }
    function darken(factor: number): void {
      put(point.red * factor, point.green * factor, point.blue * factor);
    }
  });
}

/** A trocar seen along its axis: `hole` shows what lies at its far end, then the wall, then the rim of its head. Radii in picture heights. */
export interface Trocar {
  readonly x: number;
  readonly y: number;
  readonly hole: number;
  readonly rim: number;
  /** How far the camera has travelled, in radii: moves the rings of the wall. */
  readonly travel: number;
}

/** Paints wall and rim; leaves the pixels of the hole and those outside the head as they are. */
export function paintTrocar(target: Raster, trocar: Trocar, wear: Float32Array): void {
  const { width, height, data } = target;
  const outer = trocar.rim * 1.34;
  const edge = 1.5 / height;
  for (let y = 0; y < height; y++) {
    const py = (y + 0.5) / height - 0.5 - trocar.y;
    if (Math.abs(py) > outer + edge) continue;
    for (let x = 0; x < width; x++) {
      const px = (x + 0.5 - width / 2) / height - trocar.x;
      const r = Math.sqrt(px * px + py * py);
      if (r < trocar.hole || r > outer + edge) continue;
      const o = (y * width + x) * 3;
      const angle = Math.atan2(py, px);
      let value: number;
      let blue: number;
      if (r < trocar.rim) {
        // Depth along the tube grows with log(r): rings pass at equal steps of it.
        const depth = Math.log(r + 0.02);
        const scratch = sampleTile(wear, angle / (2 * Math.PI) + 0.5, depth * 0.35 - trocar.travel * 0.2);
        const ring = 0.5 + 0.5 * Math.sin(depth * 11 - trocar.travel * 9);
        const sheen = 0.6 + 0.4 * Math.cos(angle * 2 + 0.9);
        const lip = Math.exp(-Math.max(0, r - trocar.hole) * 26);
        value = (10 + 34 * ring * sheen + 26 * scratch) * (0.35 + 0.65 * smoothstep(0, 0.5, r)) + 70 * lip * sheen;
        blue = 1.04;
      } else {
        const t = (r - trocar.rim) / (outer - trocar.rim);
        const bevel = Math.sin(t * Math.PI);
        value = 66 + 120 * bevel * (0.62 + 0.38 * Math.sin(angle + 2.2)) + 20 * (1 - t);
        blue = 1.1;
      }
      const cover = clamp((outer - r) / edge + 0.5, 0, 1) * clamp((r - trocar.hole) / edge, 0, 1);
      data[o] = mixNumbers(data[o]!, value, cover);
      data[o + 1] = mixNumbers(data[o + 1]!, value * 1.01, cover);
      data[o + 2] = mixNumbers(data[o + 2]!, value * blue, cover);
    }
  }
}

/** The scratches of a trocar's wall. */
export const trocarWear = (seed: number): Float32Array => fractalNoise(random(seed, "trocar"), TILE / 32, 4);
