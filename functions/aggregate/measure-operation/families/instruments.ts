import { limits } from "../../../../contracts/measure-definitions.ts";
import type { FrameSpan } from "../../../../contracts/primitives.ts";
import { difference, intersection, touching, union } from "../intervals.ts";
import { allUntold, type Draft, type Item, lengthOf, type Operation, type Sought, secondsOf, told, untold } from "../operation.ts";
import { type Family, type FindingDraft, findingOf, type Phase, phasesOf } from "../result.ts";

const ofInstruments = ["instrument-time", "instrument-share", "instrument-phase-share"] as const;
const ofAll = ["idle-time", "idle-count", "idle-longest", "exchange-count", "exchanges-per-hour"] as const;

type Instruments = NonNullable<Operation["instruments"]>;

/** When which instrument is in sight, when none is, and when one is exchanged for another. */
export function instruments(operation: Operation): Family {
  const { instruments: those } = operation;
  if (those === null) return { measures: allUntold([...ofInstruments, ...ofAll], "No network tells instruments."), findings: [] };
  const lookedAtSeconds = secondsOf(operation, those.watch.spans);
  if (lookedAtSeconds === 0) {
    const why = operation.inBody.length === 0 ? "The camera is never inside the patient." : "Nobody looked for instruments inside the patient.";
    return { measures: allUntold([...ofInstruments, ...ofAll], why), findings: [] };
  }
  const phases = phasesOf(operation);
  const presence = [...those.byLabel].flatMap(([label, sought]) => presenceOf(operation, label, sought, phases));
  const missing = ofInstruments.filter((name) => !presence.some((draft) => draft.name === name));
  const idle = idleness(operation, those, phases);
  const exchanged = exchanges(operation, those, lookedAtSeconds);
  return {
    measures: [...presence, ...missing.map((name) => untold(name, noPhase(operation))), ...idle.measures, ...exchanged.measures],
    findings: [...idle.findings, ...exchanged.findings],
  };
}

const noPhase = ({ phases }: Operation): string => (phases === null ? "No network tells phases." : "No phase was looked at for instruments.");

/** How long an instrument was in sight: not at all, if whoever looks for it never saw it. */
function presenceOf(operation: Operation, label: string, { items, watch }: Sought, phases: readonly Phase[]): Draft[] {
  const lookedAt = secondsOf(operation, watch.spans);
  if (lookedAt === 0) return [];
  const seen = intersection(items, watch.spans);
  const seconds = secondsOf(operation, seen);
  const by = watch.producers;
  const inPhases = phases.flatMap(({ label: phase, segments: within, producers }) => {
    const whole = secondsOf(operation, intersection(within, watch.spans));
    // Of a phase that was never entered, or not looked at, nothing has a share.
    if (whole === 0) return [];
    const part = intersection(seen, within);
    const ground = { by: [...by, ...producers], items: part.flatMap((span) => touching(items, span)), within };
    return [told(operation, "instrument-phase-share", `${label}/${phase}`, secondsOf(operation, part) / whole, ground)];
  });
  return [
    told(operation, "instrument-time", label, seconds, { by, items }),
    told(operation, "instrument-share", label, seconds / lookedAt, { by, items }),
    ...inPhases,
  ];
}

/** Spans inside the patient without any instrument. */
function idleness(operation: Operation, { byLabel, watch }: Instruments, phases: readonly Phase[]): Family {
  const all = [...byLabel.values()].flatMap(({ items }) => items).sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame);
  const gaps = difference(watch.spans, all).filter((span) => lengthOf(operation, span) >= limits.shortestIdle);
  const longest = gaps.reduce((most, span) => Math.max(most, lengthOf(operation, span)), 0);
  // What is not there has no identifier: the evidence is what ends before the gap and begins after it.
  const beside = (spans: readonly FrameSpan[]): Item[] =>
    all.filter(({ startFrame, endFrame }) => spans.some((span) => span.startFrame === endFrame || span.endFrame === startFrame));
  const by = watch.producers;
  const ofAllGaps = { by, items: beside(gaps) };
  const perPhase = phases.flatMap(({ label: phase, segments: within, producers }) => {
    // A phase that was entered and not looked at for instruments may have been idle or not; one that never was, was not.
    if (within.length > 0 && intersection(within, watch.spans).length === 0) return [];
    const those = gaps.filter((gap) => touching(within, gap).length > 0);
    const ground = { by: [...by, ...producers], items: beside(those), within };
    return [told(operation, "idle-time", phase, secondsOf(operation, intersection(gaps, within)), ground)];
  });
  return {
    measures: [
      told(operation, "idle-time", null, secondsOf(operation, gaps), ofAllGaps),
      told(operation, "idle-count", null, gaps.length, ofAllGaps),
      told(operation, "idle-longest", null, longest, { by, items: beside(gaps.filter((span) => lengthOf(operation, span) === longest)) }),
      ...perPhase,
    ],
    findings: gaps.map(
      (span): FindingDraft => ({
        ...findingOf("idle", "No instrument in sight", span, []),
        evidence: beside([span]).map(({ id }) => id),
        producers: [...by],
      }),
    ),
  };
}

/**
 * Exchanges, by presence of classes alone. The clock runs inside the patient only: what the camera does not see because it is
 * outside has not left.
 */
function exchanges(operation: Operation, { byLabel, watch }: Instruments, lookedAtSeconds: number): Family {
  const inside = (from: number, to: number): number => (to <= from ? 0 : secondsOf(operation, intersection([{ startFrame: from, endFrame: to }], watch.spans)));
  // Who was not away for long enough has neither left nor come.
  const stays = (items: readonly Item[]): FrameSpan[] => {
    const joined: { startFrame: number; endFrame: number }[] = [];
    for (const { startFrame, endFrame } of union(items)) {
      const last = joined.at(-1);
      if (last && inside(last.endFrame, startFrame) < limits.shortestAbsence) last.endFrame = endFrame;
      else joined.push({ startFrame, endFrame });
    }
    return joined;
  };
  const presences = [...byLabel].map(([label, { items }]) => ({ label, spans: stays(items), items }));
  const departures = presences.flatMap(({ label, spans, items }) =>
    spans.flatMap((span, i) => {
      const back = spans[i + 1]?.startFrame ?? operation.frameCount;
      const absence = inside(span.endFrame, back);
      return absence >= limits.shortestAbsence ? [{ label, at: span.endFrame, back, item: last(items, span) }] : [];
    }),
  );
  const entries = presences
    .flatMap(({ label, spans, items }) => spans.map((span) => ({ label, at: span.startFrame, until: span.endFrame, item: first(items, span) })))
    .sort((a, b) => a.at - b.at);
  const taken = new Set<number>();
  const found: FindingDraft[] = [];
  const evidence: Item[] = [];
  for (const departure of departures.sort((a, b) => a.at - b.at)) {
    // The first class to enter while this one goes or is away answers for it, and for no other.
    const k = entries.findIndex((entry, i) => {
      if (taken.has(i) || entry.label === departure.label || entry.until <= departure.at || entry.at >= departure.back) return false;
      return entry.at < departure.at ? inside(entry.at, departure.at) <= limits.exchangeOverlap : true;
    });
    const entry = entries[k];
    if (!entry || inside(departure.at, entry.at) > limits.latestEntry) continue;
    taken.add(k);
    const pair = [departure.item, entry.item];
    evidence.push(...pair);
    const [startFrame, endFrame] = [Math.min(departure.at, entry.at), Math.max(departure.at, entry.at)];
    const span = { startFrame: Math.min(startFrame, operation.frameCount - 1), endFrame: Math.max(endFrame, startFrame + 1) };
    found.push(findingOf("exchange", `${departure.label} for ${entry.label}`, span, pair));
  }
  const ground = { by: watch.producers, items: evidence };
  return {
    measures: [
      told(operation, "exchange-count", null, found.length, ground),
      told(operation, "exchanges-per-hour", null, (3600 * found.length) / lookedAtSeconds, ground),
    ],
    findings: found,
  };
}

const last = (items: readonly Item[], { endFrame }: FrameSpan): Item => items.find((item) => item.endFrame === endFrame) as Item;
const first = (items: readonly Item[], { startFrame }: FrameSpan): Item => items.find((item) => item.startFrame === startFrame) as Item;
