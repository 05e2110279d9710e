import { type LabelledSpan, runsOf } from "./frames.ts";

/**
 * How well phases are recognised in one operation. Conventions differ between papers, and figures of different ones can't be
 * compared (Funke et al., "Metrics Matter in Surgical Phase Recognition", arXiv 2305.13961). Here:
 * - Frames without a true label are left out; a frame for which nothing was found counts as wrong.
 * - Precision, recall and Jaccard index are taken for each phase and averaged over the phases that occur in the truth of this
 *   operation. A phase that is there and never found has precision 0.
 * - Over several operations the mean of the operations' values is reported, not that of all frames.
 */
export interface PhaseMetrics {
  /** Share of frames that are right. */
  readonly accuracy: number;
  /** The same where near a boundary the neighbouring phase is right as well: see {@link relaxedAccuracy}. Never to be compared with the strict one. */
  readonly relaxedAccuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly jaccard: number;
  readonly perPhase: readonly {
    readonly label: string;
    readonly precision: number;
    readonly recall: number;
    readonly jaccard: number;
    readonly frames: number;
  }[];
  /** See {@link editScore}. */
  readonly edit: number;
  /** Segmental F1 at overlaps of 0.1, 0.25 and 0.5: see {@link segmentalF1}. */
  readonly f1: { readonly at10: number; readonly at25: number; readonly at50: number };
  /** True segments divided by found ones: 1 is ideal, less is over-segmented. Null if nothing was found. */
  readonly eventRatio: number | null;
}

type Labels = readonly (string | null)[];

/**
 * @param truth, found label of each frame, of equal length
 * @param relaxedFrames width of the band beside a boundary that the relaxed accuracy forgives: 10 s in the field
 * @throws if no frame has a true label: there is nothing to measure by
 */
export function phaseMetrics(truth: Labels, found: Labels, relaxedFrames: number): PhaseMetrics {
  if (truth.length !== found.length) throw new Error(`${truth.length} true labels and ${found.length} found ones can't be compared.`);
  const kept = truth.flatMap((label, frame) => (label === null ? [] : [frame]));
  if (kept.length === 0) throw new Error("No frame has a true phase.");
  const wanted = kept.map((frame) => truth[frame] as string);
  const said = kept.map((frame) => found[frame] ?? null);

  const perPhase = [...new Set(wanted)].map((label) => {
    let [both, either, claimed, frames] = [0, 0, 0, 0];
    wanted.forEach((right, i) => {
      const [isIt, isSaid] = [right === label, said[i] === label];
      if (isIt) frames++;
      if (isSaid) claimed++;
      if (isIt && isSaid) both++;
      if (isIt || isSaid) either++;
    });
    return { label, precision: claimed === 0 ? 0 : both / claimed, recall: both / frames, jaccard: both / either, frames };
  });
  const over = (pick: (phase: (typeof perPhase)[number]) => number): number => perPhase.reduce((sum, phase) => sum + pick(phase), 0) / perPhase.length;

  const [trueRuns, foundRuns] = [runsOf(wanted), runsOf(said)];
  return {
    accuracy: wanted.filter((label, i) => said[i] === label).length / wanted.length,
    relaxedAccuracy: relaxedAccuracy(trueRuns, said, relaxedFrames),
    precision: over((phase) => phase.precision),
    recall: over((phase) => phase.recall),
    jaccard: over((phase) => phase.jaccard),
    perPhase,
    edit: editScore(trueRuns, foundRuns),
    f1: { at10: segmentalF1(trueRuns, foundRuns, 0.1), at25: segmentalF1(trueRuns, foundRuns, 0.25), at50: segmentalF1(trueRuns, foundRuns, 0.5) },
    eventRatio: foundRuns.length === 0 ? null : trueRuns.length / foundRuns.length,
  };
}

/**
 * Accuracy where, in the first `band` frames of a true segment, the phase before it is right too, and in its last `band`
 * frames the phase after it: the idea of the M2CAI 2016 challenge. Its widely copied script clears the start of a segment where
 * it means the end (TMRNet, issue 8); this is what the script says it does, so figures differ from those made with it.
 */
export function relaxedAccuracy(truth: readonly LabelledSpan[], found: Labels, band: number): number {
  let right = 0;
  let frames = 0;
  truth.forEach(({ label, startFrame, endFrame }, i) => {
    for (let frame = startFrame; frame < endFrame; frame++, frames++) {
      const forgiven = [frame < startFrame + band ? truth[i - 1]?.label : undefined, frame >= endFrame - band ? truth[i + 1]?.label : undefined];
      const said = found[frame];
      if (said === label || (said !== null && said !== undefined && forgiven.includes(said))) right++;
    }
  });
  return right / frames;
}

/** 100 x (1 - Levenshtein distance of the sequences of segments / length of the longer one): order alone, not durations (Lea et al., ECCV 2016). */
export function editScore(truth: readonly LabelledSpan[], found: readonly LabelledSpan[]): number {
  const longest = Math.max(truth.length, found.length);
  if (longest === 0) return 100;
  let row = Array.from({ length: found.length + 1 }, (_, j) => j);
  truth.forEach(({ label }, i) => {
    const next = [i + 1];
    found.forEach((other, j) => {
      next.push(Math.min((row[j] as number) + (other.label === label ? 0 : 1), (row[j + 1] as number) + 1, (next[j] as number) + 1));
    });
    row = next;
  });
  return 100 * (1 - (row[found.length] as number) / longest);
}

/**
 * F1 in per cent over segments (Lea et al., CVPR 2017; MS-TCN): a found segment is right if it overlaps the true segment of the
 * same label that it overlaps most by at least `overlap` (intersection over union), and no earlier one took that.
 */
export function segmentalF1(truth: readonly LabelledSpan[], found: readonly LabelledSpan[], overlap: number): number {
  if (truth.length === 0 && found.length === 0) return 100;
  const taken = new Set<number>();
  let right = 0;
  for (const segment of found) {
    let [best, at] = [0, -1];
    truth.forEach((other, i) => {
      const iou = other.label === segment.label ? spanOverlap(segment, other) : 0;
      if (iou > best) [best, at] = [iou, i];
    });
    if (best >= overlap && !taken.has(at)) {
      taken.add(at);
      right++;
    }
  }
  return (100 * 2 * right) / (truth.length + found.length);
}

/** Intersection over union of two spans of frames. */
export function spanOverlap(a: LabelledSpan, b: LabelledSpan): number {
  const shared = Math.min(a.endFrame, b.endFrame) - Math.max(a.startFrame, b.startFrame);
  return shared <= 0 ? 0 : shared / (a.endFrame - a.startFrame + b.endFrame - b.startFrame - shared);
}
