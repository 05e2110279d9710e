import type { FrameSpan } from "../../contracts/primitives.ts";
import { calibrationMetrics } from "./calibration.ts";
import { detectionMetrics, type FoundBox } from "./detection.ts";
import { eventMetrics } from "./events.ts";
import { framewise, type LabelledSpan, marked } from "./frames.ts";
import { type Mask, maskMetrics } from "./masks.ts";
import { phaseMetrics } from "./phases.ts";
import { averagePrecision, type Claim } from "./ranking.ts";
import { trackingMetrics } from "./tracking.ts";

/** A box that may belong to a track; -1 if it belongs to none. */
export type ObservedBox = FoundBox & { readonly track: number };

/** What is said of one operation, by the platform or by whoever knows. Source frames; null where nothing is said. */
export interface Observed {
  readonly outOfBody: readonly FrameSpan[] | null;
  readonly phases: readonly LabelledSpan[] | null;
  /** Types are labels. */
  readonly events: readonly LabelledSpan[] | null;
  readonly boxes: {
    /** Labels that were looked for. */
    readonly labels: readonly string[];
    /** By frame that was looked at; an empty list where nothing was seen. Pixels of one raster for both sides. */
    readonly frames: ReadonlyMap<number, readonly ObservedBox[]>;
  } | null;
  /** Masks by frame that was looked at, then by label. */
  readonly masks: { readonly labels: readonly string[]; readonly frames: ReadonlyMap<number, ReadonlyMap<string, Mask>> } | null;
}

/** What a network for phases said of each frame before its words were decoded. */
export interface PhaseScores {
  readonly labels: readonly string[];
  readonly frames: readonly number[];
  /** By label, then by frame, as in `contracts/analysis.ts`. */
  readonly scores: readonly (readonly number[])[];
}

export interface Compared {
  readonly frameCount: number;
  readonly secondsPerFrame: number;
  readonly truth: Observed;
  readonly found: Observed;
  readonly phaseScores: PhaseScores | null;
}

/** The field's usual width of the band beside boundaries, and of the tolerance for onsets. */
const relaxedSeconds = 10;
const onsetToleranceSeconds = 5;
/** Of masks' outlines. */
const toleranceCells = 1;

/** Values by metric id (`definitions.ts`), of what both sides speak of. */
export function operationMetrics(compared: Compared): Record<string, number | null> {
  const outside = marked(compared.truth.outOfBody ?? [], compared.frameCount);
  return {
    ...phases(compared, outside),
    ...boxes(compared, outside),
    ...masks(compared, outside),
    ...tracks(compared, outside),
    ...events(compared),
    ...gate(compared),
  };
}

type Values = Record<string, number | null>;

function phases({ truth, found, frameCount, secondsPerFrame, phaseScores }: Compared, outside: Uint8Array): Values {
  if (!truth.phases) return {};
  const wanted = framewise(truth.phases, frameCount).map((label, frame) => (outside[frame] ? null : label));
  if (wanted.every((label) => label === null)) return {};
  const values: Values = {};
  if (found.phases) {
    const metrics = phaseMetrics(wanted, framewise(found.phases, frameCount), Math.round(relaxedSeconds / secondsPerFrame));
    values["phase/accuracy"] = metrics.accuracy;
    values["phase/accuracy-relaxed-10s"] = metrics.relaxedAccuracy;
    values["phase/precision"] = metrics.precision;
    values["phase/recall"] = metrics.recall;
    values["phase/jaccard"] = metrics.jaccard;
    values["phase/edit"] = metrics.edit;
    values["phase/f1-10"] = metrics.f1.at10;
    values["phase/f1-25"] = metrics.f1.at25;
    values["phase/f1-50"] = metrics.f1.at50;
    values["phase/event-ratio"] = metrics.eventRatio;
  }
  const claims = phaseScores ? winners(phaseScores, wanted) : [];
  if (claims.length > 0) {
    const { expectedError, brier, areaUnderRisk } = calibrationMetrics(claims);
    values["phase/calibration-error"] = expectedError;
    values["phase/brier"] = brier;
    values["phase/area-under-risk"] = areaUnderRisk;
  }
  return values;
}

/** The surest phase of each frame whose phase is known. */
function winners({ labels, frames, scores }: PhaseScores, wanted: readonly (string | null)[]): Claim[] {
  return frames.flatMap((frame, i) => {
    const right = wanted[frame];
    if (right === null || right === undefined) return [];
    const row = labels.map((_, label) => (scores[label] as readonly number[])[i] as number);
    const score = Math.max(...row);
    return [{ score, right: labels[row.indexOf(score)] === right }];
  });
}

/** Frames that both sides looked at inside the patient, rising. */
const shared = <T>(one: ReadonlyMap<number, T>, other: ReadonlyMap<number, T>, outside: Uint8Array): number[] =>
  [...one.keys()].filter((frame) => other.has(frame) && !outside[frame]).sort((a, b) => a - b);

function boxes({ truth, found }: Compared, outside: Uint8Array): Values {
  if (!truth.boxes || !found.boxes) return {};
  const [known, said] = [truth.boxes, found.boxes];
  // What one side never looked for tells nothing of the other.
  const labels = known.labels.filter((label) => said.labels.includes(label));
  const frames = shared(known.frames, said.frames, outside).map((frame) => ({
    truth: (known.frames.get(frame) ?? []).filter(({ label }) => labels.includes(label)),
    found: (said.frames.get(frame) ?? []).filter(({ label }) => labels.includes(label)),
  }));
  if (frames.length === 0) return {};
  const metrics = detectionMetrics(frames);
  const values: Values = { "detection/map": metrics.map, "detection/map50": metrics.map50, "detection/map75": metrics.map75 };
  for (const { label, ap50 } of metrics.perLabel) values[`detection/ap50/${label}`] = ap50;
  for (const label of labels) {
    const present = frames.map((frame) => frame.truth.some((box) => box.label === label));
    const claims = frames.flatMap((frame, i): Claim[] => {
      const scores = frame.found.filter((box) => box.label === label).map(({ score }) => score);
      return scores.length === 0 ? [] : [{ score: Math.max(...scores), right: present[i] as boolean }];
    });
    values[`presence/ap/${label}`] = averagePrecision(claims, present.filter(Boolean).length);
  }
  return values;
}

function masks({ truth, found }: Compared, outside: Uint8Array): Values {
  if (!truth.masks || !found.masks) return {};
  const [known, said] = [truth.masks, found.masks];
  const frames = shared(known.frames, said.frames, outside);
  const values: Values = {};
  for (const label of known.labels.filter((name) => said.labels.includes(name))) {
    let [both, together] = [0, 0];
    const nsd: number[] = [];
    for (const frame of frames) {
      const [one, other] = [known.frames.get(frame)?.get(label), said.frames.get(frame)?.get(label)];
      const size = one ?? other;
      if (!size) continue;
      const empty: Mask = { width: size.width, height: size.height, cells: new Uint8Array(size.cells.length) };
      nsd.push(maskMetrics(one ?? empty, other ?? empty, toleranceCells).nsd);
      size.cells.forEach((_, i) => {
        const [is, isSaid] = [Boolean(one?.cells[i]), Boolean(other?.cells[i])];
        if (is && isSaid) both++;
        together += Number(is) + Number(isSaid);
      });
    }
    values[`mask/dice/${label}`] = together === 0 ? null : (2 * both) / together;
    values[`mask/iou/${label}`] = together === 0 ? null : both / (together - both);
    values[`mask/nsd/${label}`] = nsd.length === 0 ? null : nsd.reduce((sum, value) => sum + value, 0) / nsd.length;
  }
  return values;
}

function tracks({ truth, found }: Compared, outside: Uint8Array): Values {
  if (!truth.boxes || !found.boxes) return {};
  const [known, said] = [truth.boxes, found.boxes];
  const frames = shared(known.frames, said.frames, outside).map((frame) => ({
    truth: (known.frames.get(frame) ?? []).filter(({ track }) => track >= 0),
    found: (said.frames.get(frame) ?? []).filter(({ track }) => track >= 0),
  }));
  if (!frames.some((frame) => frame.truth.length > 0)) return {};
  const { hota, mota, idf1, identitySwitches } = trackingMetrics(frames);
  return { "tracking/hota": hota, "tracking/mota": mota, "tracking/idf1": idf1, "tracking/identity-switches": identitySwitches };
}

function events({ truth, found, secondsPerFrame }: Compared): Values {
  if (!truth.events || !found.events) return {};
  const values: Values = {};
  for (const type of new Set(truth.events.map(({ label }) => label))) {
    const of = (list: readonly LabelledSpan[]): LabelledSpan[] => list.filter(({ label }) => label === type);
    const metrics = eventMetrics(of(truth.events), of(found.events), secondsPerFrame, onsetToleranceSeconds);
    values[`event/precision/${type}`] = metrics.precision;
    values[`event/recall/${type}`] = metrics.recall;
    values[`event/onset-error/${type}`] = metrics.onsetErrorSeconds;
  }
  return values;
}

function gate({ truth, found, frameCount }: Compared): Values {
  if (!truth.outOfBody || !found.outOfBody) return {};
  const [outside, covered] = [marked(truth.outOfBody, frameCount), marked(found.outOfBody, frameCount)];
  let [left, missed, needless] = [0, 0, 0];
  outside.forEach((is, frame) => {
    if (is) left++;
    if (is && !covered[frame]) missed++;
    if (!is && covered[frame]) needless++;
  });
  const secondsPerHour = (frames: number): number => (3600 * frames) / frameCount;
  return {
    "gate/recall": left === 0 ? null : (left - missed) / left,
    "gate/missed": secondsPerHour(missed),
    "gate/needless": secondsPerHour(needless),
  };
}
