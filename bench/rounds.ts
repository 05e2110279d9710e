import type { Measurement, Sample, Workplace } from "./measurement.ts";
import { interleaved, mediansByRow } from "./statistics.ts";

/** What came of the rounds: the median of each row, and the rows of each measurement by its id. */
export interface Rounds {
  readonly medians: ReadonlyMap<string, Sample>;
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** Prepares measurements and runs them `rounds` times, forwards and backwards in turn. */
export async function runRounds(chosen: readonly Measurement[], workplace: Workplace, rounds: number): Promise<Rounds> {
  const prepared = [];
  for (const measurement of chosen) for (const run of await measurement.prepare(workplace)) prepared.push({ id: measurement.id, run });
  const samples: (Sample & { readonly id: string })[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { id, run } of interleaved(prepared, round)) {
      for (const sample of await run()) {
        samples.push({ ...sample, id });
        workplace.log(`round ${round + 1} of ${rounds}: ${sample.row}, ${sample.cpuSeconds?.toFixed(2) ?? "-"} s CPU, ${sample.wallSeconds.toFixed(2)} s`);
      }
    }
  }
  const rows = new Map(chosen.map(({ id }) => [id, [...new Set(samples.filter((sample) => sample.id === id).map(({ row }) => row))]]));
  return { medians: mediansByRow(samples), rows };
}
