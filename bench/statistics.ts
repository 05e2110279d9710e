import type { Sample } from "./measurement.ts";

/** The middle value, or the mean of the two middle ones. Throws for an empty list. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("An empty list has no median.");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Median of every figure of each row, in the order in which the rows first came. */
export function mediansByRow(samples: readonly Sample[]): Map<string, Sample> {
  const rows = Map.groupBy(samples, (sample) => sample.row);
  const middle = (of: readonly Sample[], figure: "cpuSeconds" | "peakMemoryBytes"): number | null => {
    const known = of.map((sample) => sample[figure]).filter((value) => value !== null);
    return known.length === 0 ? null : median(known);
  };
  return new Map(
    [...rows].map(([row, of]) => [
      row,
      {
        row,
        cpuSeconds: middle(of, "cpuSeconds"),
        wallSeconds: median(of.map((sample) => sample.wallSeconds)),
        peakMemoryBytes: middle(of, "peakMemoryBytes"),
      },
    ]),
  );
}

/** The order of the runs in a round: forwards and backwards in turn, so that a drift of the machine favours none. */
export const interleaved = <T>(runs: readonly T[], round: number): readonly T[] => (round % 2 === 0 ? runs : runs.toReversed());
