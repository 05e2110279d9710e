import type { Analysis } from "../../../contracts/analysis.ts";
import type { RunStatistics } from "../../../contracts/run-statistics.ts";
import { emitMetrics } from "../../runtime/metrics.ts";

/**
 * Tells CloudWatch how a run's findings are distributed, so that an alarm can notice when cameras, operations or networks change.
 * `statistics.json` has it in full, for whoever wants to know what changed.
 */
export function emitDrift({ producers, shares }: Pick<RunStatistics, "producers" | "shares">, coverage: Analysis["coverage"]): void {
  emitMetrics({
    CoveredShare: Math.min(...coverage.filter(({ status, required }) => required && status !== "SKIPPED").map(({ share }) => share), 1),
    OutOfBodyShare: shares.outOfBody,
    BlackShare: shares.black,
    BlurShare: shares.blur,
    OverexposedShare: shares.overexposed,
    UnderexposedShare: shares.underexposed,
  });
  for (const { producer, frameCount, labels } of producers) {
    if (frameCount === 0) continue;
    const seen = labels.reduce((sum, label) => sum + label.frameCount, 0);
    const scores = labels.flatMap((label) => label.scores.map((count, bin) => ({ count, middle: (bin + 0.5) / label.scores.length })));
    const count = scores.reduce((sum, bin) => sum + bin.count, 0);
    const mean = scores.reduce((sum, bin) => sum + bin.count * bin.middle, 0) / count;
    emitMetrics({ LabelsPerFrame: rounded(seen / frameCount), ...(count > 0 && { MeanScore: rounded(mean) }) }, producer);
  }
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
