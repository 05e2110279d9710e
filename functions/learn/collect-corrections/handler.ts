import { z } from "zod";
import type { Analysis } from "../../../contracts/analysis.ts";
import { analysis as analysisSchema } from "../../../contracts/analysis.ts";
import { type DatasetRequest, type DatasetTask, datasetPlan, datasetRequest } from "../../../contracts/dataset-version.ts";
import { analysisKey, datasetPlanKey } from "../../../contracts/keys.ts";
import { type CollectedCorrections, retrainingRequest } from "../../../contracts/retraining.ts";
import { type DoubtItem, doubtsAbout } from "../../../contracts/review-queue.ts";
import { InvalidInput, NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { CorrectionLog } from "../../serve/correction-log.ts";
import type { DatasetStore } from "../dataset-store.ts";
import type { StandingRun } from "../newest-runs.ts";

/** What a network learns from corrections: null where they don't say it. */
export interface Teachable {
  readonly task: DatasetTask | null;
  readonly labels: readonly string[];
}

export interface Deps {
  lake: Pick<Lake, "json">;
  datasets: Pick<DatasetStore, "json" | "versions">;
  log: Pick<CorrectionLog, "newest">;
  /** Last runs of all analysed cases, newest case first. */
  runs(): AsyncIterable<StandingRun>;
  models: Readonly<Record<string, Teachable>>;
  /** Cases that must have been corrected since the last version of the network's dataset. */
  leastCorrected: number;
  /** Puts a finding first in the review queue. False if somebody judged it. */
  ask(doubt: DoubtItem): Promise<boolean>;
}

const input = z.strictObject({ request: retrainingRequest });

/** Most cases of a dataset version (`functions/learn/plan-dataset`). */
const mostCases = 300;
/** Cases whose findings are put before people when there is too little to learn from: the newest that nobody corrected. */
const mostAsked = 5;

/**
 * State CollectCorrections: whether people corrected enough since the network last learned, and then what its next dataset version is made
 * of. A network's dataset is called as the network is. While there is too little, findings that the network was least sure of go to the front of the review queue.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<CollectedCorrections> => {
    const { model, digest, episode } = parseInput(input, event).request;
    const teachable = deps.models[model];
    if (!teachable) throw new InvalidInput(`There is no network "${model}" in the catalogue.`);
    const { task, labels } = teachable;
    if (task === null) return { status: "UNTEACHABLE" };
    const { corrected, fresh, untouched } = await sortRuns(deps, model);
    const counted = { corrected: fresh, needed: deps.leastCorrected };
    log("corrections collected", { modelId: model, episodeId: episode, caseCount: fresh });
    if (fresh >= deps.leastCorrected) {
      // A version takes so many cases: of more, the newest.
      const cases = corrected.length > mostCases ? corrected.slice(0, mostCases) : ({ that: "corrected" } as const);
      return {
        status: "READY",
        ...counted,
        request: parseInput(datasetRequest, { name: model, task, classes: [...labels], cases } satisfies Partial<DatasetRequest>),
      };
    }
    return { status: "WAITING", ...counted, asked: await askAbout(deps, untouched, model, digest) };
  };

interface Sorted {
  /** Cases that were corrected, newest first. */
  readonly corrected: string[];
  /** Of them, those that the last version has not got, or not so. */
  readonly fresh: number;
  /** The newest cases that nobody corrected. */
  readonly untouched: StandingRun[];
}

async function sortRuns({ datasets, log: corrections, runs }: Deps, name: string): Promise<Sorted> {
  const last = (await datasets.versions(name)).whole.at(-1);
  const known = last === undefined ? [] : (await datasets.json(datasetPlanKey(name, last), datasetPlan)).cases;
  const taken = new Map(known.map((one) => [one.caseId, one]));
  const [corrected, untouched]: [string[], StandingRun[]] = [[], []];
  let fresh = 0;
  for await (const run of runs()) {
    const newest = await corrections.newest(run.caseId, run.runId);
    if (newest === 0) {
      if (untouched.length < mostAsked) untouched.push(run);
      continue;
    }
    corrected.push(run.caseId);
    const had = taken.get(run.caseId);
    if (had?.runId !== run.runId || had.corrections !== newest) fresh++;
  }
  return { corrected, fresh, untouched };
}

/** Gives how many findings people are asked about. */
async function askAbout({ lake, ask }: Deps, runs: readonly StandingRun[], model: string, digest: string): Promise<number> {
  let asked = 0;
  for (const { caseId, runId } of runs) {
    const found = await analysisOf(lake, caseId, runId);
    if (!found?.producers.some((producer) => producer.id === model && producer.digest === digest)) continue;
    for (const doubt of doubtsAbout(found, model)) if (await ask(doubt)) asked++;
  }
  return asked;
}

/** Undefined of a case that is being deleted. */
async function analysisOf(lake: Deps["lake"], caseId: string, runId: string): Promise<Analysis | undefined> {
  try {
    return await lake.json(analysisKey(caseId, runId), analysisSchema);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
