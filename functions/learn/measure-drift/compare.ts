import { type CaseFigures, type DriftFeature, type DriftLevel, type DriftVerdict, driftSignificance } from "../../../contracts/drift.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { meanDistribution, populationStability, psiLimits, psiProbability } from "./psi.ts";

const distributions = ["classes", "scores", "exposure"] as const;
const values = ["labelsPerFrame", "meanScore", "outOfBody", "black", "blur", "overexposed", "underexposed"] as const;

/**
 * Compares cases with those of the baseline. An index of populations says how far something moved, its probability whether that is more
 * than cases differ among one another; both must be large. What fewer than two cases of either side have is left out.
 */
export function compareFigures(baseline: readonly CaseFigures[], window: readonly CaseFigures[], labels: readonly string[]): DriftFeature[] {
  const binNames = {
    classes: [...labels],
    scores: Array.from({ length: 10 }, (_, bin) => `${bin / 10} to ${(bin + 1) / 10}`),
    exposure: ["black", "underexposed", "overexposed", "neither"],
  };
  const indexed = distributions.flatMap((feature): DriftFeature[] => {
    const [before, now] = [present(baseline, feature), present(window, feature)];
    if (before.length < 2 || now.length < 2) return [];
    const means = { baseline: meanDistribution(before).map(capped), window: meanDistribution(now).map(capped) };
    const value = populationStability(means.baseline, means.window);
    const p = psiProbability(before, now);
    const level =
      value >= psiLimits.large && p <= driftSignificance.large
        ? "large"
        : value >= psiLimits.moderate && p <= driftSignificance.noticeable
          ? "moderate"
          : "none";
    return [{ test: "psi", feature, value, p, level, bins: binNames[feature], ...means }];
  });
  const tested = values.flatMap((feature): DriftFeature[] => {
    const [before, now] = [present(baseline, feature), present(window, feature)];
    if (before.length < 2 || now.length < 2) return [];
    const { statistic: value, p } = kolmogorovSmirnov(before, now);
    return [{ test: "ks", feature, value, p, level: levelOf(p), baseline: median(before), window: median(now) }];
  });
  return [...indexed, ...tested, ...compareEmbeddings(present(baseline, "embedding"), present(window, "embedding"))];
}

/**
 * One test for each number of the embedding, of which the most significant counts with its probability times how many there are: what "Failing
 * Loudly" (Rabanser, Guennemann and Lipton, NeurIPS 2019) does with projected representations. Cases are compared and not their frames, which
 * resemble each other.
 */
function compareEmbeddings(before: readonly (readonly number[])[], now: readonly (readonly number[])[]): DriftFeature[] {
  if (before.length < 2 || now.length < 2) return [];
  const column = (cases: readonly (readonly number[])[], dimension: number) => cases.map((one) => one[dimension] as number);
  const dimensions = (before[0] as readonly number[]).map((_, dimension) => {
    const [first, second] = [column(before, dimension), column(now, dimension)];
    return { dimension, ...kolmogorovSmirnov(first, second), baseline: median(first), window: median(second) };
  });
  const { statistic, p, ...rest } = dimensions.reduce((least, one) => (one.p < least.p ? one : least));
  const corrected = Math.min(1, p * dimensions.length);
  return [{ test: "ks-embedding", feature: "embedding", value: statistic, p: corrected, level: levelOf(corrected), ...rest }];
}

/** Of a test without an index of its own. */
const levelOf = (p: number): DriftLevel => (p <= driftSignificance.large ? "large" : p <= driftSignificance.noticeable ? "moderate" : "none");

export function verdictOf(features: readonly DriftFeature[]): DriftVerdict {
  const has = (wanted: DriftLevel) => features.some(({ level }) => level === wanted);
  return has("large") ? "DRIFTED" : has("moderate") ? "WATCH" : "STABLE";
}

const present = <Name extends keyof CaseFigures>(cases: readonly CaseFigures[], name: Name): NonNullable<CaseFigures[Name]>[] =>
  cases.map((one) => one[name]).filter((value) => value !== null && value !== undefined) as NonNullable<CaseFigures[Name]>[];

/** A mean of shares may be above 1 by a rounding. */
const capped = (share: number): number => Math.min(1, share);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2;
}
