import type { Instrument } from "./classes.ts";
import { between, clamp, mixNumbers, random, smoothstep, wander } from "./random.ts";
import type { Event, Excursion, Scenario, ToolUse } from "./scenario.ts";
import type { View } from "./surface.ts";

/** An instrument as it lies in the picture. Lengths in picture heights, (0, 0) the picture's middle. */
export interface ToolPose {
  readonly instrument: Instrument;
  /** The tip's position. */
  readonly x: number;
  readonly y: number;
  /** Direction from the shaft to the tip, radians. */
  readonly angle: number;
  /** Radius of the shaft. */
  readonly size: number;
  /** How far the jaws are open, 0 to 1. */
  readonly open: number;
}

/** Where the camera is relative to the trocar. */
export interface Exit {
  /** 0: at the inner end of the trocar, 1: at its head and further. */
  readonly travel: number;
  /** Middle of the trocar in the picture, picture heights. */
  readonly x: number;
  readonly y: number;
  /** Where in the operating room the camera looks. */
  readonly room: View;
}

/** Water on the lens. */
export interface Fog {
  /** How milky it is where it lies, 0 to 1. */
  readonly density: number;
  /** How far it reaches from the rim of the picture to its middle: 0 nowhere, 1 over all of it. */
  readonly spread: number;
}

/** All that one frame shows. */
export interface FrameState {
  readonly time: number;
  readonly view: View;
  readonly tools: readonly ToolPose[];
  readonly exit: Exit | undefined;
  /** Density 0 to 1. */
  readonly smoke: number;
  readonly fog: Fog | undefined;
  /** Pools of blood in world units. */
  readonly blood: readonly { x: number; y: number; radius: number; strength: number }[];
  /** Radius in picture heights. */
  readonly blur: number;
  /** Factor on every pixel. */
  readonly exposure: number;
  readonly black: boolean;
}

/** Looks of the field between two cuts: where the camera stands and how much light it gives. */
function shots(seed: number, count: number): { view: View; gain: number }[] {
  const next = random(seed, "shots");
  return Array.from({ length: count }, (_, i) => {
    const near = i % 2 === 1;
    return {
      view: {
        x: near ? between(next, 0.15, 0.45) : between(next, -0.22, 0.02),
        y: near ? between(next, 0.2, 0.32) : between(next, -0.12, 0.0),
        zoom: near ? between(next, 1.5, 1.9) : between(next, 0.98, 1.15),
        rotation: between(next, -0.12, 0.12) + (near ? 0.3 : 0),
      },
      gain: near ? 1.4 : 1,
    };
  });
}

/** Gives the state of any frame; each frame stands on its own, a frozen one shows the frame before its span. */
export function motion(scenario: Scenario): (frame: number) => FrameState {
  const { seed, events, excursions } = scenario;
  const fps = scenario.frameRate.num / scenario.frameRate.den;
  const cuts = events.filter((e) => e.type === "cut").map((e) => e.startFrame);
  const looks = shots(seed, cuts.length + 1);
  const drift = { x: wander(seed, "camera x"), y: wander(seed, "camera y"), zoom: wander(seed, "camera zoom"), turn: wander(seed, "camera turn") };
  const tremor = { x: wander(seed, "tremor x"), y: wander(seed, "tremor y") };
  const roam = { x: wander(seed, "room x"), y: wander(seed, "room y") };
  const lane = random(seed, "pools");
  const pools = events
    .filter((e) => e.type === "bleeding")
    .map((event) => ({ event, x: between(lane, -0.1, 0.4), y: between(lane, -0.02, 0.28), size: between(lane, 0.12, 0.26) }));
  const fogAt = fogMotion(scenario);
  const hands = toolMotion(seed);

  return (asked) => {
    const frozen = events.find((e) => e.type === "freeze" && asked >= e.startFrame && asked < e.endFrame);
    const frame = frozen ? Math.max(0, frozen.startFrame - 1) : asked;
    const time = frame / fps;
    const shotIndex = cuts.filter((cut) => cut <= frame).length;
    const shot = looks[shotIndex]!;
    const level = (type: Event["type"], ramp: number): number => strongest(events, type, frame, ramp * fps);

    const shake = 0.0022 + 0.05 * level("shake", 0.15);
    const view: View = {
      x: shot.view.x + 0.11 * drift.x(time * 0.22 + shotIndex * 9) + shake * tremor.x(time * 6),
      y: shot.view.y + 0.07 * drift.y(time * 0.25 + shotIndex * 9) + shake * tremor.y(time * 6.6),
      zoom: shot.view.zoom * (1 + 0.09 * drift.zoom(time * 0.16)),
      rotation: shot.view.rotation + 0.07 * drift.turn(time * 0.12),
    };
    const over = level("overexposed", 0.25);
    const under = level("underexposed", 0.25);
    const exit = exitOf(excursions, frame, fps, time, roam);
    return {
      time,
      view,
      tools: exit ? [] : scenario.tools.filter((t) => frame >= t.startFrame && frame < t.endFrame).map((t) => hands(t, time, frame, fps, shotIndex)),
      exit,
      smoke: level("smoke", 0.6),
      fog: fogAt(frame),
      blood: pools
        .filter(({ event }) => frame >= event.startFrame && frame < event.endFrame)
        .map(({ event, x, y, size }) => {
          const seconds = (frame - event.startFrame) / fps;
          return {
            x,
            y,
            radius: size * (0.35 + 0.65 * (1 - Math.exp(-seconds / 2))),
            strength: smoothstep(0, 0.3, seconds) * smoothstep(0, 0.5, (event.endFrame - frame) / fps),
          };
        }),
      blur: 0.017 * level("blur", 0.2),
      exposure: shot.gain * (1 + 1.2 * over) * (1 - 0.78 * under),
      black: level("black", 0) > 0,
    };
  };
}

/** 0 outside the spans of a type, 1 inside, with a ramp (frames) within the span at both ends. */
function strongest(events: readonly Event[], type: Event["type"], frame: number, ramp: number): number {
  let level = 0;
  for (const e of events) {
    if (e.type !== type || frame < e.startFrame || frame >= e.endFrame) continue;
    const depth = Math.min(frame - e.startFrame, e.endFrame - 1 - frame) + 1;
    level = Math.max(level, ramp > 0 ? smoothstep(0, 1, depth / ramp) : 1);
  }
  return level;
}

/** Fog of a cold scope lies all over the lens at once and clears from the middle; other fog creeps in from the rim and is wiped off. */
function fogMotion({ seed, events, excursions, frameRate }: Scenario): (frame: number) => Fog | undefined {
  const fps = frameRate.num / frameRate.den;
  const next = random(seed, "fog on the lens");
  const fogs = events
    .filter((e) => e.type === "fog")
    .map((event) => ({ ...event, thickest: between(next, 0.6, 0.95), cold: excursions.some((e) => e.endFrame === event.startFrame) }));
  return (frame) => {
    const fog = fogs.find((f) => frame >= f.startFrame && frame < f.endFrame);
    if (!fog) return undefined;
    const { startFrame, endFrame, thickest, cold } = fog;
    const done = (frame + 1 - startFrame) / (endFrame + 1 - startFrame);
    if (cold) return { density: thickest * (1 - 0.3 * done), spread: 1 - 0.85 * smoothstep(0.2, 1, done) };
    const wiped = smoothstep(0, 0.4, (endFrame - frame) / fps);
    return { density: thickest * wiped, spread: 0.15 + 0.85 * smoothstep(0, 0.6, done) };
  };
}

/** Seconds that the camera needs through the trocar, one way, at most. */
const WAY_SECONDS = 1.5;

function exitOf(
  excursions: readonly Excursion[],
  frame: number,
  fps: number,
  time: number,
  roam: { x: (t: number) => number; y: (t: number) => number },
): Exit | undefined {
  const excursion = excursions.find((e) => frame >= e.startFrame && frame < e.endFrame);
  if (!excursion) return undefined;
  const seconds = (excursion.endFrame - excursion.startFrame) / fps;
  const way = Math.min(WAY_SECONDS, seconds * 0.4);
  const out = excursion.leaves ? (frame - excursion.startFrame + 1) / fps / way : 9;
  const back = excursion.enters ? (excursion.endFrame - frame) / fps / way : 9;
  const travel = Math.min(out, back);
  // Past the head the camera swings away from the trocar, and back to it before the return.
  const swing = smoothstep(0.85, 2.1, travel);
  const x = swing * (0.95 + 0.35 * roam.x(time * 0.3)) * (roam.x(7) > 0 ? 1 : -1);
  const y = swing * (0.25 * roam.y(time * 0.4) + (roam.y(7) > 0 ? 0.32 : -0.32));
  const zoom = mixNumbers(1.5, 0.82, smoothstep(0.4, 2, travel));
  return { travel: clamp(travel, 0, 3), x, y, room: { x: -x / zoom, y: -y / zoom, zoom, rotation: 0.05 * roam.y(time * 0.5) } };
}

/** Poses of the instruments: each slides in from its side of the picture, works near the middle, slides out. */
function toolMotion(seed: number): (tool: ToolUse, time: number, frame: number, fps: number, shot: number) => ToolPose {
  const paths = new Map<
    string,
    { x: (t: number) => number; y: (t: number) => number; jaw: (t: number) => number; home: { x: number; y: number; entryY: number; size: number } }
  >();
  return (tool, time, frame, fps, shot) => {
    const name = `${tool.instrument} ${tool.hand} ${tool.startFrame} ${shot}`;
    let path = paths.get(name);
    if (!path) {
      const next = random(seed, name);
      const side = tool.hand === "left" ? -1 : 1;
      path = {
        x: wander(seed, `${name} x`),
        y: wander(seed, `${name} y`),
        jaw: wander(seed, `${name} jaw`),
        home: { x: side * between(next, 0.06, 0.26), y: between(next, -0.14, 0.18), entryY: between(next, -0.12, 0.62), size: between(next, 0.03, 0.042) },
      };
      paths.set(name, path);
    }
    const { home } = path;
    const side = tool.hand === "left" ? -1 : 1;
    const depth = Math.min(frame - tool.startFrame + 1, tool.endFrame - frame) / fps;
    const slide = Math.min(0.7, (0.3 * (tool.endFrame - tool.startFrame)) / fps);
    const reach = smoothstep(0, slide, depth);
    const entry = { x: side * 1.25, y: home.entryY };
    const busy = tool.instrument === "Hook" || tool.instrument === "Irrigator" ? 1 : 0.6;
    const target = {
      x: home.x + 0.17 * path.x(time * 0.5) + 0.025 * busy * path.x(time * 2.1 + 40),
      y: home.y + 0.13 * path.y(time * 0.45) + 0.025 * busy * path.y(time * 2.3 + 40),
    };
    const x = mixNumbers(entry.x, target.x, reach);
    const y = mixNumbers(entry.y, target.y, reach);
    return {
      instrument: tool.instrument,
      x,
      y,
      angle: Math.atan2(target.y - entry.y, target.x - entry.x),
      size: home.size * (1 + 0.08 * path.y(time * 0.3)),
      open: clamp(0.5 + 0.9 * path.jaw(time * 0.8), 0, 1),
    };
  };
}
