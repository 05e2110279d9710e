import type { Instrument } from "./classes.ts";
import { cholecystectomy } from "./procedures/cholecystectomy.ts";
import type { Phase, Procedure } from "./procedures/procedure.ts";
import { between, clamp, pick, type Random, random, shuffled } from "./random.ts";

/** Version of the drawing. Raise it when the same seed draws something else. */
export const VERSION = "1.2.0";

export interface Span {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** What can befall the picture, one thing at a time. */
export type Disturbance = "black" | "freeze" | "blur" | "overexposed" | "underexposed" | "shake" | "cut";
/** What can spoil the view beside all else, for longer. */
export type Condition = "smoke" | "bleeding" | "fog";
export interface Event extends Span {
  readonly type: Disturbance | Condition;
}

/** A stay outside the patient. From `startFrame` the trocar's wall is in view; `leaves` and `enters` say whether the way out and the way back are shown. */
export interface Excursion extends Span {
  readonly leaves: boolean;
  readonly enters: boolean;
}

export interface ToolUse extends Span {
  readonly instrument: Instrument;
  readonly hand: "left" | "right";
}

export interface Segment extends Span {
  readonly label: string;
}

/** A whole operation, decided before anything is drawn. */
export interface Scenario {
  readonly procedure: Procedure;
  readonly seed: number;
  readonly frameRate: { readonly num: number; readonly den: number };
  readonly frameCount: number;
  readonly phases: readonly Segment[];
  readonly excursions: readonly Excursion[];
  readonly events: readonly Event[];
  readonly tools: readonly ToolUse[];
  /** Middle and radius of the endoscope's round picture in picture heights; undefined where it fills the frame. */
  readonly aperture: { readonly x: number; readonly y: number; readonly radius: number } | undefined;
}

export interface ScenarioOptions {
  /** A cholecystectomy, unless another is named. */
  readonly procedure?: Procedure;
  readonly seed: number;
  readonly seconds: number;
  readonly frameRate: { readonly num: number; readonly den: number };
}

/** One item of the row in which excursions and disturbances follow one another. */
interface Item {
  readonly type: Disturbance | "excursion";
  readonly seconds: number;
}

/** Decides an operation. Everything appears at least once where the time allows it, the excursions first. */
export function planScenario({ procedure = cholecystectomy, seed, seconds, frameRate }: ScenarioOptions): Scenario {
  const next = random(seed, "scenario");
  const fps = frameRate.num / frameRate.den;
  const frameCount = Math.max(1, Math.round(seconds * fps));
  const at = (time: number): number => clamp(Math.round(time * fps), 0, frameCount);
  const span = (start: number, end: number): Span => ({ startFrame: at(start), endFrame: at(end) });
  const exists = (s: Span): boolean => s.endFrame > s.startFrame;

  const phases = planPhases(next, procedure.phases, seconds).map((p) => ({ label: p.label, ...span(p.start, p.end) }));

  const opening = seconds >= 40 && next() < 0.4 ? between(next, 1.5, 4) : 0;
  const closing = seconds >= 10 ? clamp(seconds * 0.1, 1.6, 5) : 0;
  const placed = place(next, planItems(next, seconds), opening + 0.8, seconds - closing - 0.4);
  const excursions: Excursion[] = [];
  const events: Event[] = [];
  if (opening > 0) excursions.push({ ...span(0, opening), leaves: false, enters: true });
  for (const { item, start } of placed) {
    if (item.type === "excursion") excursions.push({ ...span(start, start + item.seconds), leaves: true, enters: true });
    else if (item.type === "cut") events.push({ type: "cut", startFrame: at(start), endFrame: Math.min(frameCount, at(start) + 1) });
    else events.push({ type: item.type, ...span(start, start + item.seconds) });
  }
  if (closing > 0) excursions.push({ ...span(seconds - closing, seconds), leaves: true, enters: false });

  const hidden = [...excursions, ...events.filter((e) => e.type === "black")];
  const tools = planTools(next, procedure.phases, phases, excursions, fps);
  events.push(...planBleeding(next, seconds, hidden, span), ...planSmoke(next, tools, seconds, fps, hidden, frameCount));
  const aperture =
    next() < 0.6
      ? { x: between(next, -0.05, 0.05), y: between(next, -0.03, 0.03), radius: pick(next, [0.5, 0.58, 0.66, 0.74]) * between(next, 0.97, 1.03) }
      : undefined;
  events.push(...planFog(random(seed, "fog"), seconds, fps, excursions, hidden));
  return {
    procedure,
    seed,
    frameRate,
    frameCount,
    phases: phases.filter(exists),
    excursions: excursions.filter(exists),
    events: events.filter(exists).sort((a, b) => a.startFrame - b.startFrame),
    tools: tools.filter(exists),
    aperture,
  };
}

/** Phase lengths: half by the script's means, half even, so that a short video shows each of them. */
function planPhases(next: Random, script: readonly Phase[], seconds: number): { label: string; start: number; end: number }[] {
  const mean = script.reduce((sum, phase) => sum + phase.meanSeconds, 0);
  const weights = script.map((phase) => (phase.meanSeconds / mean + 1 / script.length) * between(next, 0.8, 1.25));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let start = 0;
  return script.map(({ label }, i) => {
    const end = start + (weights[i]! / total) * seconds;
    const phase = { label, start, end: i === script.length - 1 ? seconds : end };
    start = end;
    return phase;
  });
}

/** How often something happens: seconds of operation an occurrence, seconds it lasts. Excursions come first: they are kept when time is short. */
const HABITS: readonly { type: Item["type"]; every: number; atLeast: number; lasts: readonly [number, number] }[] = [
  { type: "excursion", every: 60, atLeast: 1, lasts: [3, 7] },
  { type: "cut", every: 40, atLeast: 2, lasts: [0.4, 0.4] },
  { type: "black", every: 90, atLeast: 1, lasts: [0.8, 1.6] },
  { type: "freeze", every: 90, atLeast: 1, lasts: [1, 2.5] },
  { type: "blur", every: 40, atLeast: 1, lasts: [1, 3] },
  { type: "shake", every: 60, atLeast: 1, lasts: [0.8, 1.6] },
  { type: "overexposed", every: 60, atLeast: 1, lasts: [0.9, 2] },
  { type: "underexposed", every: 60, atLeast: 1, lasts: [0.9, 2] },
];

/** Items in order of time: disturbances shuffled, excursions spread evenly among them. */
function planItems(next: Random, seconds: number): Item[] {
  const short = clamp(seconds / 60, 0, 1);
  const draw = HABITS.flatMap(({ type, every, atLeast, lasts }) =>
    Array.from({ length: Math.max(atLeast, Math.round(seconds / every)) }, () => ({
      type,
      seconds: between(next, lasts[0], lasts[0] + (lasts[1] - lasts[0]) * short),
    })),
  );
  let room = seconds * 0.72;
  const kept = draw.filter((item) => {
    if (item.seconds + GAP > room) return false;
    room -= item.seconds + GAP;
    return true;
  });
  const outside = kept.filter((item) => item.type === "excursion");
  const others = shuffled(
    next,
    kept.filter((item) => item.type !== "excursion"),
  );
  outside.forEach((item, i) => {
    others.splice(Math.round(((i + 0.5) / outside.length) * (others.length - i)) + i, 0, item);
  });
  return others;
}

/** Least pause between two items, seconds. */
const GAP = 0.6;

/** Spreads the items over [from, to) with random pauses of at least GAP. */
function place(next: Random, items: readonly Item[], from: number, to: number): { item: Item; start: number }[] {
  const used = items.reduce((sum, item) => sum + item.seconds + GAP, GAP);
  const spare = Math.max(0, to - from - used);
  if (to - from < used) return [];
  const shares = Array.from({ length: items.length + 1 }, () => between(next, 0.4, 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  let time = from;
  return items.map((item, i) => {
    const start = time + GAP + (spare * shares[i]!) / total;
    time = start + item.seconds;
    return { item, start };
  });
}

/** The left hand holds a grasper most of the time; the right hand works through the phase's instruments, with a pause at each exchange. */
function planTools(next: Random, script: readonly Phase[], phases: readonly Segment[], excursions: readonly Excursion[], fps: number): ToolUse[] {
  const exchange = Math.round(0.5 * fps);
  const away = excursions.map((e) => ({ startFrame: e.startFrame - Math.round(0.25 * fps), endFrame: e.endFrame + Math.round(0.1 * fps) }));
  const tools: ToolUse[] = [];
  const use = (instrument: Instrument, hand: ToolUse["hand"], startFrame: number, endFrame: number): void => {
    for (const piece of without({ startFrame, endFrame }, away)) if (piece.endFrame - piece.startFrame > 0.6 * fps) tools.push({ instrument, hand, ...piece });
  };
  for (const phase of phases) {
    const { rightHand } = script.find((p) => p.label === phase.label)!;
    const length = phase.endFrame - phase.startFrame;
    const slots = rightHand.length * Math.max(1, Math.round(length / fps / rightHand.length / 12));
    for (let i = 0; i < slots; i++) {
      const start = phase.startFrame + Math.round((i * length) / slots);
      const end = phase.startFrame + Math.round(((i + 1) * length) / slots);
      const idle = next() < 0.15 ? Math.round((end - start) * between(next, 0.1, 0.35)) : 0;
      use(rightHand[i % rightHand.length]!, "right", start + Math.floor(exchange / 2) + idle, end - Math.floor(exchange / 2));
    }
  }
  const end = phases.at(-1)!.endFrame;
  let start = Math.round(between(next, 0, 2) * fps);
  while (start < end) {
    const stop = Math.min(end, start + Math.round(Math.min(between(next, 8, 40), (0.4 * end) / fps) * fps));
    use("Grasper", "left", start, stop);
    start = stop + Math.round(between(next, 0.4, 4) * fps);
  }
  return tools;
}

function planBleeding(next: Random, seconds: number, hidden: readonly Span[], span: (start: number, end: number) => Span): Event[] {
  return Array.from({ length: Math.max(1, Math.round(seconds / 70)) }, () => {
    const length = Math.min(between(next, 4, 12), seconds * 0.22);
    const start = between(next, seconds * 0.15, seconds * 0.85 - length);
    return without(span(start, start + length), hidden);
  }).flatMap((pieces) => pieces.map((piece) => ({ type: "bleeding" as const, ...piece })));
}

/** What burns tissue, and smokes. */
const BURNING: readonly Instrument[] = ["Hook", "Bipolar", "LigaSure"];

/** Smoke rises while such an instrument works. */
function planSmoke(next: Random, tools: readonly ToolUse[], seconds: number, fps: number, hidden: readonly Span[], frameCount: number): Event[] {
  const burning = shuffled(
    next,
    tools.filter((t) => BURNING.includes(t.instrument)),
  ).slice(0, Math.max(1, Math.round(seconds / 45)));
  return burning.flatMap((tool) => {
    const length = Math.round(Math.min(between(next, 2.5, 6), seconds * 0.16) * fps);
    const startFrame = tool.startFrame + Math.round((tool.endFrame - tool.startFrame) * between(next, 0.2, 0.5));
    return without({ startFrame, endFrame: Math.min(frameCount, startFrame + length) }, hidden).map((piece) => ({ type: "smoke" as const, ...piece }));
  });
}

/** Shortest operation that shows fog, seconds: shorter ones are full as it is, and stay what earlier versions drew. */
const FOG_FROM = 40;

/**
 * Fog on the lens. A cold scope that comes back into the warm and humid abdomen fogs at once, in every other case, and clears as it
 * warms; now and then a lens fogs by itself, until it is wiped. Either ends when the scope is withdrawn or the picture is lost.
 * Takes numbers of its own, so that all else is as it would be without fog.
 */
function planFog(next: Random, seconds: number, fps: number, excursions: readonly Excursion[], hidden: readonly Span[]): Event[] {
  if (seconds < FOG_FROM) return [];
  const cold = excursions.filter((e) => e.enters && next() < 0.5).map((e) => ({ start: e.endFrame, seconds: between(next, 4, 10) }));
  const creeping = Array.from({ length: Math.max(1, Math.round(seconds / 120)) }, () => ({
    start: Math.round(between(next, seconds * 0.05, seconds * 0.85) * fps),
    seconds: between(next, 4, 9),
  }));
  const fogs: Event[] = [];
  for (const { start, seconds: lasts } of [...cold, ...creeping]) {
    const others = [...hidden, ...fogs];
    if (others.some((s) => s.startFrame <= start && start < s.endFrame)) continue;
    const endFrame = Math.min(start + Math.round(lasts * fps), ...others.filter((s) => s.startFrame > start).map((s) => s.startFrame));
    fogs.push({ type: "fog", startFrame: start, endFrame });
  }
  return fogs;
}

/** What is left of a span when others are cut out of it. */
export function without(span: Span, others: readonly Span[]): Span[] {
  let pieces: Span[] = [span];
  for (const other of others) {
    pieces = pieces.flatMap((p) =>
      [
        { startFrame: p.startFrame, endFrame: Math.min(p.endFrame, other.startFrame) },
        { startFrame: Math.max(p.startFrame, other.endFrame), endFrame: p.endFrame },
      ].filter((s) => s.endFrame > s.startFrame),
    );
  }
  return pieces;
}
