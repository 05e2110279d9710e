import type { Analysis, TrackList } from "../../../contracts/analysis.ts";
import { type CorrectedView, personProducer } from "../../../contracts/corrected-view.ts";
import type { AgreementCounts } from "../../../contracts/quality.ts";

interface Finding {
  readonly id: string;
  readonly label: string;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly producer: string;
  readonly review: string;
}

/** Least overlap, intersection over union, at which a moved finding still counts as found: that of `phase/f1-50` and `detection/map50` (docs/metrics.md). */
const leastOverlap = 0.5;

/**
 * What people said of one network's findings in one case. Only what somebody judged, renamed, moved or added counts: what nobody looked at says
 * nothing. Boxes and outlines that people drew count where they stand for nothing that was found.
 */
export function agreementOf(analysis: Analysis, view: CorrectedView, tracks: TrackList | undefined, model: string): AgreementCounts {
  const counts = { right: 0, wrong: 0, missed: 0 };
  const judge = (before: Finding, after: Finding): void => {
    const isElsewhere = before.label !== after.label || overlap(before, after) < leastOverlap;
    const isMoved = before.startFrame !== after.startFrame || before.endFrame !== after.endFrame;
    if (after.review === "rejected") counts.wrong++;
    else if (isElsewhere) {
      counts.wrong++;
      counts.missed++;
    } else if (after.review === "confirmed" || isMoved) counts.right++;
  };
  const labels = labelsOf(analysis, model);
  for (const [found, standing] of [
    [analysis.segments, view.segments],
    [analysis.events, view.events],
  ] as const) {
    const now = new Map((standing as readonly Finding[]).map((finding) => [finding.id, finding]));
    for (const before of found as readonly Finding[]) {
      const after = now.get(before.id);
      if (before.producer === model && after) judge(before, after);
    }
    for (const added of standing as readonly Finding[])
      if (added.producer === personProducer && added.review !== "rejected" && labels.has(added.label)) counts.missed++;
  }
  for (const [track, { verdict, label }] of view.tracks) {
    const of = tracks && analysis.detections[tracks.detections[track] as number];
    if (of?.producer !== model) continue;
    const found = of.labels[tracks?.label[track] as number];
    if (verdict === "rejected") counts.wrong++;
    else if (label !== null && label !== found) {
      counts.wrong++;
      counts.missed++;
    } else if (verdict === "confirmed") counts.right++;
  }
  for (const { replaces, label } of [...view.objects.values(), ...view.masks.values()]) if (replaces === null && labels.has(label)) counts.missed++;
  return counts;
}

/** The words of a network, as its results in the analysis tell them. */
const labelsOf = ({ detections, masks, scores }: Analysis, model: string): ReadonlySet<string> =>
  new Set([...detections, ...masks, ...scores].flatMap(({ producer, labels }) => (producer === model ? labels : [])));

/** Intersection over union of two spans. */
function overlap(one: Finding, other: Finding): number {
  const both = Math.max(0, Math.min(one.endFrame, other.endFrame) - Math.max(one.startFrame, other.startFrame));
  const either = one.endFrame - one.startFrame + (other.endFrame - other.startFrame) - both;
  return both / either;
}

export const sumOfAgreement = (all: readonly AgreementCounts[]): AgreementCounts => ({
  right: all.reduce((sum, { right }) => sum + right, 0),
  wrong: all.reduce((sum, { wrong }) => sum + wrong, 0),
  missed: all.reduce((sum, { missed }) => sum + missed, 0),
});

/** F1: harmonic mean of precision and recall (van Rijsbergen, "Information Retrieval", 1979). Null where nothing was judged. */
export function agreement({ right, wrong, missed }: AgreementCounts): number | null {
  const judged = 2 * right + wrong + missed;
  return judged === 0 ? null : (2 * right) / judged;
}
