import { mean } from "./mean.ts";
import type { Claim } from "./ranking.ts";

/** How far a network's probabilities can be believed. */
export interface CalibrationMetrics {
  /** Expected calibration error (Guo et al., ICML 2017): over 15 bins of equal width, the mean gap between confidence and share that is right, weighted by size. */
  readonly expectedError: number;
  /** Mean squared difference between probability and outcome. */
  readonly brier: number;
  /** Area under the risk-coverage curve: the mean share of wrong claims among the surest 1, 2, ... all (Geifman and El-Yaniv, NeurIPS 2017). */
  readonly areaUnderRisk: number;
}

const binCount = 15;

/**
 * @param claims a probability for each claim, and whether it held: of labels that exclude each other the winner of each frame
 * @throws if there are none
 */
export function calibrationMetrics(claims: readonly Claim[]): CalibrationMetrics {
  if (claims.length === 0) throw new Error("Calibration can't be measured without a claim.");
  const bins = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, right: 0 }));
  let brier = 0;
  for (const { score, right } of claims) {
    // A bin holds its upper edge and not its lower one.
    const bin = bins[Math.max(0, Math.ceil(score * binCount) - 1)] as (typeof bins)[number];
    bin.count++;
    bin.confidence += score;
    bin.right += Number(right);
    brier += (score - Number(right)) ** 2;
  }
  const gap = bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0);
  return { expectedError: gap / claims.length, brier: brier / claims.length, areaUnderRisk: mean(riskAtCoverage(claims)) };
}

/** Share of wrong claims among the surest 1, 2, ... all. Claims of equal score share the mean of what any order of them gives. */
export function riskAtCoverage(claims: readonly Claim[]): number[] {
  const sorted = [...claims].sort((a, b) => b.score - a.score);
  const risks: number[] = [];
  let wrong = 0;
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end < sorted.length && sorted[end]?.score === sorted[i]?.score) end++;
    const here = sorted.slice(i, end).filter(({ right }) => !right).length;
    for (let k = i; k < end; k++) risks.push((wrong + (here * (k + 1 - i)) / (end - i)) / (k + 1));
    wrong += here;
    i = end;
  }
  return risks;
}
