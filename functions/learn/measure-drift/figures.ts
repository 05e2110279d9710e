import type { CaseFigures } from "../../../contracts/drift.ts";
import type { ComparableRunStatistics, RunStatistics } from "../../../contracts/run-statistics.ts";

type ProducerStatistics = ComparableRunStatistics["producers"][number];

/** What a case comes to for one network. Undefined if the network looked at no frame. */
export function figuresOf(of: ProducerStatistics, { shares }: Pick<RunStatistics, "shares">): CaseFigures | undefined {
  const { frameCount, labels } = of;
  if (frameCount === 0) return undefined;
  const shown = labels.map((label) => label.frameCount);
  const bins = labels[0]?.scores.map((_, bin) => labels.reduce((sum, { scores }) => sum + (scores[bin] as number), 0)) ?? [];
  const scores = distribution(bins);
  const { black, underexposed, overexposed } = shares;
  return {
    classes: labels.length < 2 ? null : distribution(shown),
    scores,
    // A black frame is dark, too: what is left may be less than nothing, and all four are brought to add up to 1.
    exposure: distribution([black, underexposed, overexposed, Math.max(0, 1 - black - underexposed - overexposed)]) as number[],
    labelsPerFrame: shown.reduce((sum, count) => sum + count, 0) / frameCount,
    meanScore:
      scores &&
      Math.min(
        1,
        scores.reduce((sum, share, bin) => sum + (share * (bin + 0.5)) / scores.length, 0),
      ),
    ...shares,
    ...("embedding" in of && of.embedding !== null && { embedding: of.embedding }),
  };
}

/** Null where nothing was counted. */
function distribution(counts: readonly number[]): number[] | null {
  const sum = counts.reduce((total, count) => total + count, 0);
  return sum === 0 ? null : counts.map((count) => count / sum);
}
