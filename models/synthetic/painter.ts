import { addNoise, apertureMask, applyMask, blur, enlarge, expose, paintBlood, paintFog, paintSmoke, sensorNoise, upscale } from "./effects.ts";
import { paintInstrument, paintShadow } from "./instruments.ts";
import { type FrameState, motion } from "./motion.ts";
import { clamp, mixNumbers, random, smoothstep } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { type Light, paintSurface, raster } from "./surface.ts";
import { fractalNoise } from "./textures.ts";
import { paintTrocar, theatreSurface, trocarWear } from "./theatre.ts";

/** A box of the ground truth: index into the instruments of the procedure, x, y, width, height in pixels. */
export type Box = [label: number, x: number, y: number, width: number, height: number];

export interface Painter {
  /** Packed RGB of the frame painted last. Overwritten by the next. */
  readonly pixels: Uint8ClampedArray;
  /**
   * What each pixel of that frame shows, as `classes.ts` counts: the place of things, however much smoke, blur or light
   * hides them. All 0 outside the patient, from where the trocar's wall comes into sight.
   */
  readonly kinds: Uint8Array;
  /** Paints a frame of the scenario and returns the boxes of the instruments in sight. Frames may be asked for in any order. */
  paint(frame: number): Box[];
}

/** Tissue is painted at most this wide and scaled up: it is soft. Instruments are painted at full size. */
const TISSUE_WIDTH = 700;

export function painter(scenario: Scenario, width: number, height: number): Painter {
  const { procedure, seed, aperture } = scenario;
  const factor = Math.ceil(width / TISSUE_WIDTH);
  const output = raster(width, height);
  const kinds = new Uint8Array(width * height);
  const coarse = factor === 1 ? output : raster(Math.ceil(width / factor), Math.ceil(height / factor));
  const coarseKinds = factor === 1 ? kinds : new Uint8Array(coarse.width * coarse.height);
  const scale = clamp(Math.round(coarse.height * 1.35), 96, 520);
  const tissue = procedure.field(seed, scale);
  const theatre = scenario.excursions.length > 0 ? theatreSurface(seed, scale * 0.7) : undefined;
  const wear = trocarWear(seed);
  const next = random(seed, "effects");
  const puffs = fractalNoise(next, 4, 5);
  const grain = sensorNoise(next, 1 << 16, 5);
  const mask = aperture && apertureMask(width, height, aperture);
  const visible = (x: number, y: number): boolean => !mask || mask[y * width + x]! > 127;
  const falloff = 1.15;
  // How far from its middle the picture reaches, in picture heights: the trocar's wall comes into sight there.
  const reach = Math.min(Math.hypot(width / height, 1) / 2, aperture ? aperture.radius + Math.hypot(aperture.x, aperture.y) : Number.POSITIVE_INFINITY);
  const stateOf = motion(scenario);
  const lens = scenario.events.some((e) => e.type === "fog") ? { water: fractalNoise(random(seed, "water"), 6, 5), scratch: raster(width, height) } : undefined;
  const rim = { x: aperture?.x ?? 0, y: aperture?.y ?? 0, radius: reach };

  const inside = (state: FrameState): Box[] => {
    const { view, tools } = state;
    const gain = 1.18;
    const light: Light = { ambient: 0.16, gain, falloff, specular: 215 };
    paintSurface(coarse, tissue, view, light, state.time, aperture, coarseKinds);
    for (const pool of state.blood) paintBlood(coarse, pool, view, state.time, puffs, coarseKinds);
    for (const tool of tools) paintShadow(coarse, tool, 0.5);
    if (coarse !== output) {
      upscale(coarse, output, factor);
      enlarge(coarseKinds, coarse.width, kinds, width, factor);
    }
    const lit = (x: number, y: number): number => {
      const px = (x - width / 2) / height;
      const py = y / height - 0.5;
      return gain / (1 + falloff * 0.8 * (px * px + py * py));
    };
    const boxes: Box[] = [];
    for (const tool of tools) {
      const box = paintInstrument(output, tool, lit, visible, kinds);
      if (box) boxes.push([procedure.instruments.indexOf(tool.instrument), ...box]);
    }
    return boxes;
  };

  const outside = (state: FrameState, exit: NonNullable<FrameState["exit"]>): void => {
    // The hole shrinks exponentially as the camera travels away from it; the head's rim follows at a fixed ratio.
    const hole = reach * Math.exp(-2.7 * exit.travel);
    const rim = hole * 3.4;
    const zoom = exit.room.zoom;
    // Outside the camera is too bright at first, until its exposure settles.
    const dazzle = 1 + 0.5 * (1 - smoothstep(0.5, 1.6, exit.travel));
    if (theatre && rim < reach + Math.hypot(exit.x, exit.y)) {
      paintSurface(coarse, theatre, exit.room, { ambient: 0.62, gain: 0.86 * dazzle, falloff: 0.12, specular: 150 }, state.time * 0.3, aperture);
    }
    const x = exit.x;
    const y = exit.y;
    if (hole > 0.012 && Math.hypot(x, y) < reach + hole) {
      const dim = mixNumbers(1.18, 0.5, smoothstep(0, 0.9, exit.travel));
      const view = { ...state.view, zoom: state.view.zoom * mixNumbers(1, 0.75, smoothstep(0, 1, exit.travel)) };
      paintSurface(coarse, tissue, view, { ambient: 0.16, gain: dim, falloff, specular: 150 * dim }, state.time, { x, y, radius: hole + 3 / coarse.height });
    }
    paintTrocar(coarse, { x, y, hole, rim: Math.max(rim, 0.05 * zoom), travel: exit.travel }, wear);
    if (coarse !== output) upscale(coarse, output, factor);
  };

  return {
    pixels: output.data,
    kinds,
    paint(frame) {
      const state = stateOf(frame);
      kinds.fill(0);
      if (state.black) {
        output.data.fill(0);
        return [];
      }
      let boxes: Box[] = [];
      if (state.exit) outside(state, state.exit);
      else boxes = inside(state);
      if (state.smoke > 0 && !state.exit) paintSmoke(output, state.smoke, state.time, puffs);
      if (lens && state.fog && !state.exit) paintFog(output, lens.scratch, state.fog, rim, lens.water);
      if (state.blur > 0) blur(output, state.blur * height);
      if (state.exposure !== 1) expose(output, state.exposure);
      if (mask) {
        applyMask(output, mask);
        for (let i = 0; i < kinds.length; i++) if (mask[i]! <= 127) kinds[i] = 0;
      }
      addNoise(output, grain, Math.imul(Math.round(state.time * 1000), 2654435761) >>> 8);
      return boxes;
    },
  };
}
