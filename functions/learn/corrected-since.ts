import { datasetPlan } from "../../contracts/dataset-version.ts";
import { datasetPlanKey } from "../../contracts/keys.ts";
import type { CorrectionLog } from "../serve/correction-log.ts";
import type { DatasetStore } from "./dataset-store.ts";
import type { StandingRun } from "./newest-runs.ts";

export interface CountingDeps {
  datasets: Pick<DatasetStore, "json" | "versions">;
  log: Pick<CorrectionLog, "newest">;
  /** Last runs of all analysed cases, newest case first. */
  runs(): AsyncIterable<StandingRun>;
}

export interface CorrectedSince {
  /** Cases that were corrected, newest first. */
  readonly corrected: string[];
  /** Of them, those that the last version has not got, or not so. */
  readonly fresh: number;
  /** Cases that nobody corrected, newest first: as many as `mostUntouched`. */
  readonly untouched: StandingRun[];
}

/** What people corrected since the last version of a dataset. */
export async function correctedSince({ datasets, log, runs }: CountingDeps, name: string, mostUntouched = 0): Promise<CorrectedSince> {
  const last = (await datasets.versions(name)).whole.at(-1);
  const known = last === undefined ? [] : (await datasets.json(datasetPlanKey(name, last), datasetPlan)).cases;
  const taken = new Map(known.map((one) => [one.caseId, one]));
  const [corrected, untouched]: [string[], StandingRun[]] = [[], []];
  let fresh = 0;
  for await (const run of runs()) {
    const newest = await log.newest(run.caseId, run.runId);
    if (newest === 0) {
      if (untouched.length < mostUntouched) untouched.push(run);
      continue;
    }
    corrected.push(run.caseId);
    const had = taken.get(run.caseId);
    if (had?.runId !== run.runId || had.corrections !== newest) fresh++;
  }
  return { corrected, fresh, untouched };
}
