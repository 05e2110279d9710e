import { limits, type MeasureName } from "../../../../contracts/measure-definitions.ts";
import { intersection, touching, union } from "../intervals.ts";
import {
  allUntold,
  type Draft,
  frameWithin,
  type Item,
  instrumentsNamed,
  isCalibrated,
  lengthOf,
  type Operation,
  rounded,
  secondsOf,
  sentences,
  untold,
} from "../operation.ts";
import type { Family } from "../result.ts";

const names = ["critical-view-held", "critical-view-lead", "critical-view-probability", "critical-view-rater-spread"] as const;
const criteria = ["C1", "C2", "C3"] as const;
/** What a network calls how far the raters it learned from differ: a standard deviation (`contracts/model.ts`). */
const raterSpread = "raterSd";
/** Instruments that clip or cut, and the phase in which they do. */
const clips = /\b(clipper|scissors)\b/i;
const clippingPhase = "ClippingCutting";

/** A span in which the view is held, or looked at, without a gap; and which samples say so. */
interface Held {
  readonly startFrame: number;
  endFrame: number;
  readonly samples: number[];
}

/** The critical view of safety: whether, when and how surely it was seen before the first clip or cut. */
export function safety(operation: Operation): Family {
  const { criticalView } = operation;
  if (criticalView === null) return { measures: allUntold(names, "No network tells the criteria of the critical view."), findings: [] };
  const { series, threshold } = criticalView;
  const columnOf = (label: string): number[] | undefined => series.scores[series.labels.indexOf(label)];
  const missing = criteria.filter((criterion) => columnOf(criterion) === undefined);
  if (missing.length > 0) return { measures: allUntold(names, `The network does not tell ${missing.join(", ")}.`), findings: [] };
  const columns = criteria.map((criterion) => columnOf(criterion) as number[]) as [number[], number[], number[]];

  const clip = firstClip(operation);
  const until = clip.item?.startFrame ?? operation.frameCount;
  const isMet = (i: number): boolean => Math.min(...columns.map((column) => column[i] as number)) >= threshold;
  const { lookedAt, held } = spansBefore(operation, series.frames, until, isMet);
  if (lookedAt.length === 0) return { measures: allUntold(names, "Nobody looked for it before the first clip or cut."), findings: [] };
  const samples = lookedAt.flatMap((span) => span.samples);
  const best = longestOf(operation, held);

  /** Mean of a column in the best span, or what `without` makes of it where there is none. */
  const meanOf = (column: readonly number[], without: () => number): number =>
    best ? best.samples.reduce((sum, i) => sum + (column[i] as number), 0) / best.samples.length : without();
  const highestOf = (column: readonly number[]): number => samples.reduce((highest, i) => Math.max(highest, column[i] as number), 0);
  const probabilities = columns.map((column) => meanOf(column, () => highestOf(column)));

  const producers = [...new Set([series.producer, ...clip.watchers])].sort();
  const value = (name: MeasureName, of: string | null, amount: number, note: string | null): Draft => ({
    ...untold(name, ""),
    id: of === null ? name : `${name}/${of}`,
    of,
    value: rounded(amount),
    note,
    evidence: clip.item ? [clip.item.id] : [],
    producers,
    calibrated: producers.every((id) => isCalibrated(operation, id)),
    confidence: best ? rounded(Math.min(...probabilities)) : null,
  });

  const spread = columnOf(raterSpread);
  const ofCriteria = [
    ...criteria.map((criterion, i) => value("critical-view-probability", criterion, probabilities[i] as number, null)),
    spread
      ? // Where the view was never held, how far raters differ over all that was looked at.
        value(
          "critical-view-rater-spread",
          null,
          meanOf(spread, () => samples.reduce((sum, i) => sum + (spread[i] as number), 0) / samples.length),
          null,
        )
      : untold("critical-view-rater-spread", "Not told: the network does not say how far raters differ."),
  ];
  const dense = lookedAt.filter((span) => isLongEnough(operation, span));
  if (dense.length === 0) {
    const why = `Nowhere before the first clip or cut was it looked at for ${limits.criticalViewHeld} s without a gap of more than ${limits.longestHold} s: whether it was held can't be told.`;
    return { measures: [...allUntold(["critical-view-held", "critical-view-lead"], why), ...ofCriteria], findings: [] };
  }
  const achieved = held.filter((span) => isLongEnough(operation, span));
  const verdict =
    achieved.length > 0 ? `Achieved: held for at least ${limits.criticalViewHeld} s.` : `Not achieved: ${limits.criticalViewHeld} s are asked for.`;
  const inside = secondsOf(operation, intersection(operation.inBody, until > 0 ? [{ startFrame: 0, endFrame: until }] : []));
  const looked = secondsOf(operation, union(lookedAt));
  const gaps = inside - looked > limits.longestHold ? `Looked at for ${looked.toFixed(1)} of ${inside.toFixed(1)} s.` : null;
  const notes = sentences(verdict, clip.note, gaps);
  const [first] = achieved;
  const lead = first && clip.item ? Math.max(0, operation.secondsBetween(first.startFrame, clip.item.startFrame) - limits.criticalViewHeld) : null;
  return {
    measures: [
      value("critical-view-held", null, best ? lengthOf(operation, best) : 0, notes),
      lead === null
        ? untold("critical-view-lead", first ? (clip.note ?? "No clip or cut was seen.") : "The critical view was not achieved before the first clip or cut.")
        : value("critical-view-lead", null, lead, null),
      ...ofCriteria,
    ],
    findings: achieved.map(({ startFrame, endFrame }) => ({
      type: "critical-view",
      label: "Critical view of safety",
      startFrame,
      endFrame,
      severity: null,
      confidence: null,
      review: "needs-review",
      evidence: clip.item ? [clip.item.id] : [],
      producers: [series.producer],
    })),
  };
}

/**
 * Spans before a frame that were looked at without a gap, and those of them in which the view is held. A sample speaks until the next one, but for so long
 * at most, and not beyond the camera's leaving: what nobody looked at holds no view.
 */
function spansBefore(operation: Operation, frames: readonly number[], until: number, isMet: (i: number) => boolean): { lookedAt: Held[]; held: Held[] } {
  const [lookedAt, held]: [Held[], Held[]] = [[], []];
  let room = 0;
  for (const [i, frame] of frames.entries()) {
    if (frame >= until) break;
    while ((operation.inBody[room]?.endFrame ?? Number.POSITIVE_INFINITY) <= frame) room++;
    const leaves = operation.inBody[room]?.endFrame ?? operation.frameCount;
    const endFrame = Math.max(Math.min(frames[i + 1] ?? operation.frameCount, until, leaves, frameWithin(operation, frame, limits.longestHold)), frame + 1);
    for (const list of isMet(i) ? [lookedAt, held] : [lookedAt]) {
      const last = list.at(-1);
      if (last?.endFrame === frame) {
        last.endFrame = endFrame;
        last.samples.push(i);
      } else list.push({ startFrame: frame, endFrame, samples: [i] });
    }
  }
  return { lookedAt, held };
}

/** Seconds that are five are not always five floats. */
const isLongEnough = (operation: Operation, span: Held): boolean => lengthOf(operation, span) >= limits.criticalViewHeld - 1e-6;

const longestOf = (operation: Operation, spans: readonly Held[]): Held | undefined =>
  spans.reduce<Held | undefined>((longest, span) => (longest && lengthOf(operation, longest) >= lengthOf(operation, span) ? longest : span), undefined);

interface FirstClip {
  readonly item: Item | undefined;
  /** Who would have told. */
  readonly watchers: readonly string[];
  /** What a reader must know of it. */
  readonly note: string | null;
}

/**
 * The first clip or cut: by its instrument, or by the phase where no instrument tells. A sighting counts that lasts for as long as a stable track must, or
 * lies in the clipping phase: one false alarm of half a second must not end the search for the view.
 */
function firstClip(operation: Operation): FirstClip {
  const { phases } = operation;
  const sought = instrumentsNamed(operation, clips);
  const knowsPhase = phases?.labels.includes(clippingPhase) ?? false;
  const watchers = [...sought.flatMap(({ watch }) => watch.producers), ...(knowsPhase ? (phases?.watch.producers ?? []) : [])];
  if (watchers.length === 0)
    return { item: undefined, watchers, note: "Nobody looked for clips, cuts or phases: whether it was before the first clip or cut is not told." };
  const inPhase = (phases?.items ?? []).filter(({ label }) => label === clippingPhase);
  const sightings = sought.flatMap(({ items }) => items);
  const sure = sightings.filter((item) => lengthOf(operation, item) >= limits.shortestClip - 1e-6 || touching(inPhase, item).length > 0);
  const [item] = [...(sure.length > 0 ? sure : inPhase)].sort((a, b) => a.startFrame - b.startFrame);
  const earlier = sightings.filter((one) => !sure.includes(one) && (item === undefined || one.startFrame < item.startFrame)).length;
  const stray =
    earlier > 0
      ? `${earlier} shorter ${earlier === 1 ? "sighting" : "sightings"} of a clipper or scissors outside the clipping phase did not count as a clip or cut.`
      : null;
  return { item, watchers, note: sentences(item ? null : "No clip or cut was seen.", stray) };
}
