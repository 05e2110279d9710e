import type { Producer } from "../../../contracts/analyser-result.ts";
import type { Analysis, ScoreSeries, TrackList } from "../../../contracts/analysis.ts";
import type { MeasureName } from "../../../contracts/measure-definitions.ts";
import type { Measure, MeasureProducer } from "../../../contracts/measures.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { difference, union } from "./intervals.ts";
import { lookersOf, type Watch, watchOf } from "./lookers.ts";

/** Identified span of the analysis, and how sure its producer is. */
export interface Item extends FrameSpan {
  readonly id: string;
  readonly label: string;
  readonly confidence: number | null;
  readonly producer: string;
}

/** When something was found, and who looked for it where. */
export interface Sought {
  readonly items: readonly Item[];
  readonly watch: Watch;
}

/** What is looked for under several names; undefined where nobody looks for any of them. */
export const asOne = (those: readonly Sought[]): Sought | undefined =>
  those.length === 0
    ? undefined
    : {
        items: those.flatMap(({ items }) => items),
        watch: watchOf(those.flatMap(({ watch }) => watch.producers.map((producer) => ({ producer, spans: watch.spans })))),
      };

/** Instruments whose labels match, seen or not. */
export const instrumentsNamed = ({ instruments }: Operation, pattern: RegExp): Sought[] =>
  [...(instruments?.byLabel ?? [])].filter(([label]) => pattern.test(label)).map(([, one]) => one);

/** Shares of the picture that blood covers, in the frames that whoever outlines it looked at while something bled. */
export interface BloodSeries {
  readonly producer: string;
  /** Source frames, rising. */
  readonly frames: readonly number[];
  readonly shares: readonly number[];
}

/** An operation as measures are made from it. All frames are frames of the source. */
export interface Operation {
  readonly frameCount: number;
  /** What the camera saw inside the patient. */
  readonly inBody: readonly FrameSpan[];
  readonly outOfBody: readonly Item[];
  /** Who tells what is inside and outside. */
  readonly gate: string;
  /** Everybody who tells anything, by identifier. */
  readonly producers: ReadonlyMap<string, MeasureProducer>;
  /** What an analysis in part leaves out, as a sentence; null of a complete one. */
  readonly omission: string | null;
  /** Null where no network tells phases. `labels`: those that whoever told them knows, entered or not. */
  readonly phases: (Sought & { readonly labels: readonly string[] }) | null;
  /** By label, seen or not: not every network knows every instrument. Null where no network tells instruments. */
  readonly instruments: { readonly byLabel: ReadonlyMap<string, Sought>; readonly watch: Watch } | null;
  /** Events other than instruments and structures, by type, whether or not there are any. A type that nobody looks for is not there. */
  readonly events: ReadonlyMap<string, Sought>;
  readonly tracks: { readonly list: TrackList; readonly labels: readonly (readonly string[])[]; readonly watch: Watch } | null;
  /** Probabilities of the criteria of the critical view, and the threshold from which one counts as met. */
  readonly criticalView: { readonly series: ScoreSeries; readonly threshold: number } | null;
  /** Null where nobody outlines blood. */
  readonly blood: BloodSeries | null;
  /** Seconds from the start of one frame to the start of another, by the source's own ticks. */
  readonly secondsBetween: (startFrame: number, endFrame: number) => number;
}

/** What of a run measures are made from, beside the analysis. */
export interface Extras {
  readonly tracks?: TrackList | undefined;
  readonly criticalView?: ScoreSeries | undefined;
  readonly blood?: BloodSeries | undefined;
  /** Who corrected it, where measures are of what people said. */
  readonly people?: MeasureProducer | undefined;
}

/** Makes an operation of what a run left. `pts`: the ticks at which the source's frames start. */
export function operationOf(analysis: Analysis, pts: ArrayLike<number>, { tracks, criticalView, blood, people }: Extras = {}): Operation {
  const { frameCount, durationTicks, timebase } = analysis.media.source;
  const at = (frame: number): number => (frame >= frameCount ? (pts[0] as number) + durationTicks : (pts[frame] as number));
  const outOfBody = analysis.gate.outOfBody.map((span, i) => ({
    ...span,
    id: `out-of-body-${i + 1}`,
    label: "Outside the patient",
    confidence: span.score,
    producer: analysis.gate.producer,
  }));
  const inBody = difference([{ startFrame: 0, endFrame: frameCount }], outOfBody);
  const lookers = lookersOf(analysis, inBody);
  const threshold = criticalView && (analysis.producers.find(({ id }) => id === criticalView.producer)?.threshold ?? null);
  const incomplete = analysis.coverage.filter(({ required, status, share }) => required && (status === "FAILED" || share < 1)).map(({ analyser }) => analyser);

  const forPhases = lookers.filter(({ subject }) => subject === "phase");
  const phases = analysis.segments.filter(({ level }) => level === "phase");
  // Of several networks that tell phases the word of one is taken.
  const told = forPhases.filter(({ producer }) => phases.length === 0 || phases.some((phase) => phase.producer === producer));

  const forInstruments = lookers.filter(({ subject }) => subject === "instrument");
  const sightings = Map.groupBy(
    analysis.events.filter(({ type }) => type === "instrument"),
    ({ label }) => label,
  );
  const forView = lookers.filter(({ subject }) => subject === "view");
  const events = Map.groupBy(analysis.events, ({ type }) => type);
  const soughtBy = (found: ReadonlyMap<string, readonly Item[]>, those: typeof lookers) =>
    new Map(
      [...new Set(those.flatMap(({ labels }) => labels))]
        .sort()
        .map((label) => [label, { items: found.get(label) ?? [], watch: watchOf(those.filter(({ labels }) => labels.includes(label))) }] as const),
    );
  const followed = tracks && new Set(tracks.detections.map((place) => analysis.detections[place]?.producer));
  return {
    frameCount,
    inBody,
    outOfBody,
    gate: analysis.gate.producer,
    producers: new Map([...analysis.producers.map(asTeller), ...(people ? [people] : [])].map((producer) => [producer.id, producer])),
    omission: analysis.status === "PARTIAL" ? `The analysis is partial: ${incomplete.join(", ") || "a required analyser"} did not see all.` : null,
    phases: forPhases.length > 0 ? { items: phases, labels: [...new Set(told.flatMap(({ labels }) => labels))], watch: watchOf(told) } : null,
    instruments: forInstruments.length > 0 ? { byLabel: soughtBy(sightings, forInstruments), watch: watchOf(forInstruments) } : null,
    events: soughtBy(events, forView),
    tracks: tracks
      ? {
          list: tracks,
          labels: analysis.detections.map(({ labels }) => labels),
          // Where nothing was followed nobody can say whose boxes would have been.
          watch: watchOf(
            forInstruments.filter(({ producer }) => (followed?.size ? followed.has(producer) : analysis.detections.some((one) => one.producer === producer))),
          ),
        }
      : null,
    criticalView: criticalView && threshold !== null && threshold !== undefined ? { series: criticalView, threshold } : null,
    blood: blood ?? null,
    secondsBetween: (startFrame, endFrame) => ((at(endFrame) - at(startFrame)) * timebase.num) / timebase.den,
  };
}

const asTeller = ({ id, kind, name, version, digest, calibration }: Producer): MeasureProducer => ({ id, kind, name, version, digest, calibration });

/** Seconds of a set of frames. */
export const secondsOf = (operation: Operation, spans: readonly FrameSpan[]): number =>
  union(spans).reduce((sum, { startFrame, endFrame }) => sum + operation.secondsBetween(startFrame, endFrame), 0);

export const lengthOf = (operation: Operation, { startFrame, endFrame }: FrameSpan): number => operation.secondsBetween(startFrame, endFrame);

/** The last frame that starts within so many seconds of a frame's start. */
export function frameWithin({ frameCount, secondsBetween }: Operation, frame: number, seconds: number): number {
  let [low, high] = [frame, frameCount];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (secondsBetween(frame, middle) <= seconds + 1e-9) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A measure before it is compared with others. */
export type Draft = Omit<Measure, "cohort" | "unit">;

/** Identifiers that a measure may name (`contracts/measures.ts`). */
const mostEvidence = 100;

/** What a value stands on. */
export interface Ground {
  /** Who looked, whether or not they found anything. Whoever found the items need not be named. */
  readonly by: readonly string[];
  /** What it is made from. */
  readonly items?: readonly Item[];
  /** What else it is made from, of another kind: the phase in which an instrument was in sight. */
  readonly within?: readonly Item[];
  readonly note?: string | null;
}

/** A value, and what it is made from: the longest items first. */
export function told(operation: Operation, name: MeasureName, of: string | null, value: number, { by, items = [], within = [], note = null }: Ground): Draft {
  const kinds = [items, within].map((list) => weighed(operation, list));
  const sure = kinds.flatMap((list) => meanConfidence(list) ?? []);
  const producers = [...new Set([...items, ...within].map(({ producer }) => producer).concat(by))].sort();
  return {
    id: of === null ? name : `${name}/${of}`,
    name,
    of,
    value: rounded(value),
    note,
    evidence: kinds
      .flat()
      .slice(0, mostEvidence)
      .map(({ item }) => item.id),
    producers,
    confidence: sure.length > 0 ? Math.min(...sure) : null,
    calibrated: producers.length > 0 && producers.every((id) => isCalibrated(operation, id)),
  };
}

/** Each item once, the longest first. */
function weighed(operation: Operation, items: readonly Item[]) {
  const distinct = [...new Map(items.map((item) => [item.id, item])).values()];
  return distinct.map((item) => ({ item, seconds: lengthOf(operation, item) })).sort((a, b) => b.seconds - a.seconds || (a.item.id < b.item.id ? -1 : 1));
}

function meanConfidence(items: ReturnType<typeof weighed>): number | null {
  const sure = items.filter(({ item }) => item.confidence !== null);
  const weight = sure.reduce((sum, { seconds }) => sum + seconds, 0);
  return weight > 0 ? rounded(sure.reduce((sum, { item, seconds }) => sum + (item.confidence as number) * seconds, 0) / weight) : null;
}

/** Whether scores of a producer are probabilities. */
export const isCalibrated = ({ producers }: Operation, id: string): boolean => producers.get(id)?.calibration != null;

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

/** Sentences as one text; null where there is none. */
export const sentences = (...parts: readonly (string | null)[]): string | null => parts.filter((part) => part !== null).join(" ") || null;

/** To a thousandth: no clock of a video tells more. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
