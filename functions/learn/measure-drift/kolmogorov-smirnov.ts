export interface KolmogorovSmirnov {
  /** Largest distance of the two empirical distribution functions: 0 to 1. */
  readonly statistic: number;
  /** How probable a distance as large is if both samples come from one continuous distribution; of samples with ties no more than it says. */
  readonly p: number;
}

/** Rounding of the distances compared, which are fractions of the samples' sizes. */
const rounding = 1e-9;

/**
 * Two-sample test of Kolmogorov and Smirnov, two-sided (Smirnov, "On the estimation of the discrepancy between empirical curves of
 * distribution for two independent samples", 1939). The probability is exact, by counting the paths that stay closer than the distance
 * seen: Hodges, "The significance probability of the Smirnov two-sample test", Arkiv för Matematik 3, 1958.
 * @throws if a sample is empty
 */
export function kolmogorovSmirnov(first: readonly number[], second: readonly number[]): KolmogorovSmirnov {
  if (first.length === 0 || second.length === 0) throw new Error("A comparison of samples needs a value of each.");
  const statistic = distance(sorted(first), sorted(second));
  return { statistic, p: statistic < rounding ? 1 : Math.min(1, Math.max(0, 1 - probabilityCloser(first.length, second.length, statistic))) };
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

function distance(first: readonly number[], second: readonly number[]): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i] as number, second[j] as number);
    while (i < first.length && first[i] === value) i++;
    while (j < second.length && second[j] === value) j++;
    largest = Math.max(largest, Math.abs(i / first.length - j / second.length));
  }
  return largest;
}

/**
 * Of all orders of n and m values, the share in which the functions stay closer than a distance everywhere: `row[j]` is that share among
 * the orders of the first i and j values, of which i / (i + j) end with one of the first sample.
 */
function probabilityCloser(n: number, m: number, statistic: number): number {
  const isCloser = (i: number, j: number) => Math.abs(i / n - j / m) < statistic - rounding;
  let row: number[] = [];
  for (let i = 0; i <= n; i++) {
    const next: number[] = [];
    for (let j = 0; j <= m; j++) {
      if (i === 0 && j === 0) next.push(1);
      else if (!isCloser(i, j)) next.push(0);
      else next.push((i === 0 ? 0 : (i / (i + j)) * (row[j] as number)) + (j === 0 ? 0 : (j / (i + j)) * (next[j - 1] as number)));
    }
    row = next;
  }
  return row[m] as number;
}
