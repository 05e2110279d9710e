import type { Analysis, ScoreSeries, TrackList } from "../../../contracts/analysis.ts";
import { eventType } from "../../../contracts/event-type.ts";
import type { MeasureName } from "../../../contracts/measure-definitions.ts";
import type { Measure } from "../../../contracts/measures.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { difference, intersection, union } from "./intervals.ts";

/** Identified span of the analysis, and how sure its producer is. */
export interface Item extends FrameSpan {
  readonly id: string;
  readonly label: string;
  readonly confidence: number | null;
  readonly producer: string;
}

/** An operation as measures are made from it. All frames are frames of the source. */
export interface Operation {
  readonly frameCount: number;
  /** What the camera saw inside the patient. */
  readonly inBody: readonly FrameSpan[];
  readonly outOfBody: readonly Item[];
  /** What is inside the patient and was looked at for instruments: where nobody looked, nothing is missing. */
  readonly lookedAt: readonly FrameSpan[];
  /** Who tells what is inside and outside, and who looks for instruments: what is not found is their word, too. */
  readonly gate: string;
  readonly detectors: readonly string[];
  /** What an analysis in part leaves out, as a sentence; null of a complete one. */
  readonly omission: string | null;
  /** Null where no network tells phases. */
  readonly phases: readonly Item[] | null;
  /** When each instrument was in sight, by label; null where no network tells instruments. */
  readonly instruments: ReadonlyMap<string, readonly Item[]> | null;
  /** Events other than instruments, by type. */
  readonly events: ReadonlyMap<string, readonly Item[]>;
  /** Types of event that somebody looked for, found or not. */
  readonly watched: ReadonlySet<string>;
  readonly tracks: { readonly list: TrackList; readonly labels: readonly (readonly string[])[]; readonly producers: readonly string[] } | null;
  /** Probabilities of the criteria of the critical view, and the threshold from which one counts as met. */
  readonly criticalView: { readonly series: ScoreSeries; readonly threshold: number } | null;
  /** Whether scores of a producer are probabilities. */
  readonly isCalibrated: (producer: string) => boolean;
  /** Seconds from the start of one frame to the start of another, by the source's own ticks. */
  readonly secondsBetween: (startFrame: number, endFrame: number) => number;
}

/** Cues that our own algorithm looks for in every video (`models/serving/cues.ts`). */
const technicalCues = ["black", "freeze", "blur", "overexposed", "underexposed"];

/** Makes an operation of what a run left. */
export function operationOf(analysis: Analysis, pts: ArrayLike<number>, tracks: TrackList | undefined, criticalView: ScoreSeries | undefined): Operation {
  const { frameCount, durationTicks, timebase } = analysis.media.source;
  const at = (frame: number): number => (frame >= frameCount ? (pts[0] as number) + durationTicks : (pts[frame] as number));
  const producers = new Map(analysis.producers.map((producer) => [producer.id, producer]));
  const outOfBody = analysis.gate.outOfBody.map((span, i) => ({
    ...span,
    id: `out-of-body-${i + 1}`,
    label: "Outside the patient",
    confidence: span.score,
    producer: analysis.gate.producer,
  }));
  const subjects = new Set(analysis.scores.map(({ subject }) => subject));
  const phases = analysis.segments.filter(({ level }) => level === "phase");
  const instruments = Map.groupBy(
    analysis.events.filter(({ type }) => type === "instrument"),
    ({ label }) => label,
  );
  // Boxes of instruments, and of nothing else, are followed.
  const looksForInstruments = analysis.tracks !== null || subjects.has("instrument") || instruments.size > 0;
  const events = Map.groupBy(
    analysis.events.filter(({ type }) => type !== "instrument"),
    ({ type }) => type,
  );
  const views = analysis.scores.filter(({ subject }) => subject === "view").flatMap(({ labels }) => labels.map(eventType));
  const cues = producers.has("technical-cues") ? technicalCues : [];
  const threshold = criticalView && (producers.get(criticalView.producer)?.threshold ?? null);
  const inBody = difference([{ startFrame: 0, endFrame: frameCount }], outOfBody);
  // Chunks are made where a frame was looked at; a network that classifies has none and looks at whole pictures all the time.
  const classifies = subjects.has("instrument") || analysis.detections.length === 0;
  const incomplete = analysis.coverage.filter(({ required, status, share }) => required && (status === "FAILED" || share < 1)).map(({ analyser }) => analyser);
  return {
    frameCount,
    inBody,
    outOfBody,
    lookedAt: classifies
      ? inBody
      : intersection(
          inBody,
          analysis.detections.flatMap(({ chunks }) => chunks),
        ),
    gate: analysis.gate.producer,
    detectors: [
      ...analysis.detections.map(({ producer }) => producer),
      ...analysis.scores.filter(({ subject }) => subject === "instrument").map(({ producer }) => producer),
    ],
    omission: analysis.status === "PARTIAL" ? `The analysis is partial: ${incomplete.join(", ") || "a required analyser"} did not see all.` : null,
    phases: subjects.has("phase") || phases.length > 0 ? phases : null,
    instruments: looksForInstruments ? instruments : null,
    events,
    watched: new Set([...views, ...cues, ...events.keys()]),
    tracks: tracks
      ? { list: tracks, labels: analysis.detections.map(({ labels }) => labels), producers: analysis.detections.map(({ producer }) => producer) }
      : null,
    criticalView: criticalView && threshold !== null && threshold !== undefined ? { series: criticalView, threshold } : null,
    isCalibrated: (producer) => producers.get(producer)?.calibration != null,
    secondsBetween: (startFrame, endFrame) => ((at(endFrame) - at(startFrame)) * timebase.num) / timebase.den,
  };
}

/** Seconds of a set of frames. */
export const secondsOf = (operation: Operation, spans: readonly FrameSpan[]): number =>
  union(spans).reduce((sum, { startFrame, endFrame }) => sum + operation.secondsBetween(startFrame, endFrame), 0);

export const lengthOf = (operation: Operation, { startFrame, endFrame }: FrameSpan): number => operation.secondsBetween(startFrame, endFrame);

/** A measure before it is compared with others. */
export type Draft = Omit<Measure, "cohort" | "unit">;

/** Identifiers that a measure may name (`contracts/measures.ts`). */
const mostEvidence = 100;

/** A value, and what it is made from: the longest items first. `watchers` looked, whether or not they found anything. */
export function told(
  operation: Operation,
  name: string,
  of: string | null,
  value: number,
  items: readonly Item[],
  note: string | null = null,
  watchers: readonly string[] = [],
): Draft {
  const weighed = items.map((item) => ({ item, seconds: lengthOf(operation, item) })).sort((a, b) => b.seconds - a.seconds || (a.item.id < b.item.id ? -1 : 1));
  const sure = weighed.filter(({ item }) => item.confidence !== null);
  const weight = sure.reduce((sum, { seconds }) => sum + seconds, 0);
  const producers = [...new Set([...items.map(({ producer }) => producer), ...watchers])].sort();
  return {
    id: of === null ? name : `${name}/${of}`,
    name,
    of,
    value: rounded(value),
    note,
    evidence: weighed.slice(0, mostEvidence).map(({ item }) => item.id),
    producers,
    confidence: weight > 0 ? rounded(sure.reduce((sum, { item, seconds }) => sum + (item.confidence as number) * seconds, 0) / weight) : null,
    calibrated: producers.length > 0 && producers.every(operation.isCalibrated),
  };
}

/** Measures that can't be told, for one reason. */
export const allUntold = (names: readonly MeasureName[], note: string): Draft[] => names.map((name) => untold(name, note));

/** A measure that can't be told, and why. */
export const untold = (name: MeasureName, note: string): Draft => ({
  id: name,
  name,
  of: null,
  value: null,
  note,
  evidence: [],
  producers: [],
  confidence: null,
  calibrated: false,
});

/** To a thousandth: no clock of a video tells more. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
