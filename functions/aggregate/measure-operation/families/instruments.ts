import { limits } from "../../../../contracts/measure-definitions.ts";
import type { FrameSpan } from "../../../../contracts/primitives.ts";
import { difference, intersection, union } from "../intervals.ts";
import { allUntold, type Draft, type Item, lengthOf, type Operation, rounded, secondsOf, told, untold } from "../operation.ts";
import { byLabel, type Family, type FindingDraft, findingOf, touching } from "../result.ts";

const ofInstruments = ["instrument-time", "instrument-share", "instrument-phase-share"] as const;
const ofAll = ["idle-time", "idle-count", "idle-longest", "exchange-count", "exchanges-per-hour"] as const;

/** When which instrument is in sight, when none is, and when one is exchanged for another. */
export function instruments(operation: Operation): Family {
  if (operation.instruments === null) {
    const why = "No network tells instruments.";
    return { measures: allUntold([...ofInstruments, ...ofAll], why), findings: [] };
  }
  const inBodySeconds = secondsOf(operation, operation.lookedAt);
  if (inBodySeconds === 0) {
    const why = operation.inBody.length === 0 ? "The camera is never inside the patient." : "Nobody looked for instruments inside the patient.";
    return { measures: allUntold([...ofInstruments, ...ofAll], why), findings: [] };
  }
  const presence = [...operation.instruments]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([label, items]) => presenceOf(operation, label, items, inBodySeconds));
  const unseen = operation.instruments.size === 0 ? allUntold(ofInstruments, "No instrument was seen.") : [];
  const unphased =
    presence.some(({ name }) => name === "instrument-phase-share") || unseen.length > 0 ? [] : [untold("instrument-phase-share", noPhase(operation))];
  const idle = idleness(operation);
  const exchanged = exchanges(operation, inBodySeconds);
  return { measures: [...presence, ...unseen, ...unphased, ...idle.measures, ...exchanged.measures], findings: [...idle.findings, ...exchanged.findings] };
}

const noPhase = ({ phases }: Operation): string => (phases === null ? "No network tells phases." : "No instrument was seen in any phase.");

function presenceOf(operation: Operation, label: string, items: readonly Item[], inBodySeconds: number): Draft[] {
  const seen = intersection(items, operation.lookedAt);
  const seconds = secondsOf(operation, seen);
  const inPhases = [...byLabel(operation.phases ?? [])].flatMap(([phase, segments]) => {
    const part = intersection(seen, segments);
    if (part.length === 0) return [];
    const share = secondsOf(operation, part) / secondsOf(operation, intersection(segments, operation.lookedAt));
    return [told(operation, "instrument-phase-share", `${label}/${phase}`, share, part.flatMap((span) => touching(items, span)).filter(once))];
  });
  return [told(operation, "instrument-time", label, seconds, items), told(operation, "instrument-share", label, seconds / inBodySeconds, items), ...inPhases];
}

const once = (item: Item, i: number, all: readonly Item[]): boolean => all.findIndex(({ id }) => id === item.id) === i;

/** Spans inside the patient without any instrument. */
function idleness(operation: Operation): Family {
  const all = [...(operation.instruments as ReadonlyMap<string, readonly Item[]>).values()].flat();
  const gaps = difference(operation.lookedAt, all).filter((span) => lengthOf(operation, span) >= limits.shortestIdle);
  const longest = Math.max(0, ...gaps.map((span) => lengthOf(operation, span)));
  // What is not there has no identifier: the evidence is what ends before the gap and begins after it.
  const beside = (spans: readonly FrameSpan[]): Item[] =>
    all.filter(({ startFrame, endFrame }) => spans.some((span) => span.startFrame === endFrame || span.endFrame === startFrame)).filter(once);
  const perPhase = [...byLabel(operation.phases ?? [])].flatMap(([phase, segments]) => {
    const part = intersection(gaps, segments);
    return part.length === 0 ? [] : [told(operation, "idle-time", phase, secondsOf(operation, part), segments)];
  });
  return {
    measures: [
      told(operation, "idle-time", null, secondsOf(operation, gaps), beside(gaps), null, operation.detectors),
      told(operation, "idle-count", null, gaps.length, beside(gaps), null, operation.detectors),
      told(operation, "idle-longest", null, longest, beside(gaps.filter((span) => lengthOf(operation, span) === longest)), null, operation.detectors),
      ...perPhase,
    ],
    findings: gaps.map((span): FindingDraft => ({ ...findingOf("idle", "No instrument in sight", span, []), evidence: beside([span]).map(({ id }) => id) })),
  };
}

/**
 * Exchanges, by presence of classes alone. The clock runs inside the patient only: what the camera does not see because it is
 * outside has not left.
 */
function exchanges(operation: Operation, inBodySeconds: number): Family {
  const all = operation.instruments as ReadonlyMap<string, readonly Item[]>;
  const inside = (from: number, to: number): number =>
    to <= from ? 0 : secondsOf(operation, intersection([{ startFrame: from, endFrame: to }], operation.lookedAt));
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
  const presences = [...all].map(([label, items]) => ({ label, spans: stays(items), items }));
  const departures = presences.flatMap(({ label, spans, items }) =>
    spans.flatMap((span, i) => {
      const back = spans[i + 1]?.startFrame ?? operation.frameCount;
      const absence = inside(span.endFrame, back);
      return absence >= limits.shortestAbsence ? [{ label, at: span.endFrame, back, item: last(items, span) }] : [];
    }),
  );
  const entries = presences
    .flatMap(({ label, spans, items }) => spans.map((span) => ({ label, at: span.startFrame, item: first(items, span) })))
    .sort((a, b) => a.at - b.at);
  const taken = new Set<number>();
  const found: FindingDraft[] = [];
  const evidence: Item[] = [];
  for (const departure of departures.sort((a, b) => a.at - b.at)) {
    // The first class to enter while this one is away answers for it, and for no other.
    const k = entries.findIndex((entry, i) => !taken.has(i) && entry.label !== departure.label && entry.at >= departure.at && entry.at < departure.back);
    const entry = entries[k];
    if (!entry) continue;
    taken.add(k);
    const pair = [departure.item, entry.item];
    evidence.push(...pair);
    const span = { startFrame: Math.min(departure.at, operation.frameCount - 1), endFrame: Math.max(entry.at, departure.at + 1) };
    found.push(findingOf("exchange", `${departure.label} for ${entry.label}`, span, pair));
  }
  return {
    measures: [
      told(operation, "exchange-count", null, found.length, evidence.filter(once), null, operation.detectors),
      told(operation, "exchanges-per-hour", null, rounded((3600 * found.length) / inBodySeconds), evidence.filter(once), null, operation.detectors),
    ],
    findings: found,
  };
}

const last = (items: readonly Item[], { endFrame }: FrameSpan): Item => items.find((item) => item.endFrame === endFrame) as Item;
const first = (items: readonly Item[], { startFrame }: FrameSpan): Item => items.find((item) => item.startFrame === startFrame) as Item;
