import { z } from "zod";
import type { Analysis } from "../../../contracts/analysis.ts";
import { analysis as analysisSchema } from "../../../contracts/analysis.ts";
import { type DatasetRequest, type DatasetTask, datasetRequest } from "../../../contracts/dataset-version.ts";
import { analysisKey, retrainingTurnKey } from "../../../contracts/keys.ts";
import { type CollectedCorrections, type RetrainingTurn, retrainingRequest, retrainingTurn } from "../../../contracts/retraining.ts";
import { type DoubtItem, doubtsAbout } from "../../../contracts/review-queue.ts";
import { InvalidInput, NotFound, TryAgain } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { type CountingDeps, correctedSince } from "../corrected-since.ts";
import type { StandingRun } from "../newest-runs.ts";
import type { RetrainingExecutions } from "../retraining-executions.ts";
import { doubtsOfFrames } from "../unsure-frames.ts";
import type { WatchStore } from "../watch-store.ts";

/** What a network learns from corrections: null where they don't say it. */
export interface Teachable {
  readonly task: DatasetTask | null;
  readonly labels: readonly string[];
}

export interface Deps extends CountingDeps, Pick<RetrainingExecutions, "isRunning"> {
  lake: Pick<Lake, "json" | "bytes">;
  store: Pick<WatchStore, "tagged" | "replace">;
  models: Readonly<Record<string, Teachable>>;
  /** Cases that must have been corrected since the last version of the network's dataset. */
  leastCorrected: number;
  /** Puts a finding, or a frame, first in the review queue. False if somebody judged it. */
  ask(doubt: DoubtItem): Promise<boolean>;
}

const input = z.strictObject({ request: retrainingRequest, execution: z.string().min(1) });

/** Most cases of a dataset version (`functions/learn/plan-dataset`). */
const mostCases = 300;
/** Cases whose findings are put before people when there is too little to learn from: the newest that nobody corrected. */
const mostAsked = 5;

/**
 * State CollectCorrections: whether people corrected enough since the network last learned, and then what its next dataset version is made
 * of. A network's dataset is called as the network is. While there is too little, what the network was least sure of goes to the front of the review queue: findings, and frames with its boxes or outlines.
 * One execution at a time has the network's turn to learn. Throws TryAgain where two ask for it at once.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<CollectedCorrections> => {
    const { request, execution } = parseInput(input, event);
    const { model, digest, episode } = request;
    const teachable = deps.models[model];
    if (!teachable) throw new InvalidInput(`There is no network "${model}" in the catalogue.`);
    const { task, labels } = teachable;
    if (task === null) return { status: "UNTEACHABLE" };
    const takeTurn = await askForTurn(deps, model, execution);
    if (!takeTurn) return { status: "BUSY" };
    const { corrected, fresh, untouched } = await correctedSince(deps, model, mostAsked);
    const counted = { corrected: fresh, needed: deps.leastCorrected };
    log("corrections collected", { modelId: model, episodeId: episode, caseCount: fresh });
    if (fresh >= deps.leastCorrected) {
      // A version takes so many cases: of more, the newest.
      const cases = corrected.length > mostCases ? corrected.slice(0, mostCases) : ({ that: "corrected" } as const);
      await takeTurn("LEARNING");
      return {
        status: "READY",
        ...counted,
        request: parseInput(datasetRequest, { name: model, task, classes: [...labels], cases } satisfies Partial<DatasetRequest>),
      };
    }
    const asked = await askAbout(deps, untouched, model, digest);
    await takeTurn("WAITING");
    return { status: "WAITING", ...counted, asked };
  };

/** Gives what writes whose turn it is, if nobody else's is. Undefined while another execution lets the network learn. */
async function askForTurn({ store, isRunning }: Deps, model: string, execution: string) {
  const key = retrainingTurnKey(model);
  const stored = await store.tagged(key, retrainingTurn);
  const last = stored?.value;
  if (last?.status === "LEARNING" && last.execution !== execution && (await isRunning(last.execution))) return undefined;
  return async (status: RetrainingTurn["status"]): Promise<void> => {
    // A second try of the same state waits no second time.
    const isSame = last?.status === "WAITING" && last.execution === execution;
    const waits = (last?.waits ?? 0) + (status === "WAITING" && !isSame ? 1 : 0);
    const turn: RetrainingTurn = { schema: "retraining-turn/1.0", model, status, execution, waits };
    if (!(await store.replace(key, turn, stored))) throw new TryAgain(`${key} was written by another retraining just now.`);
  };
}

/** Gives how many findings and frames people are asked about. */
async function askAbout({ lake, ask }: Deps, runs: readonly StandingRun[], model: string, digest: string): Promise<number> {
  let asked = 0;
  for (const { caseId, runId } of runs) {
    const found = await analysisOf(lake, caseId, runId);
    if (!found?.producers.some((producer) => producer.id === model && producer.digest === digest)) continue;
    for (const doubt of [...doubtsAbout(found, model), ...(await doubtsOfFrames(lake, found, model))]) if (await ask(doubt)) asked++;
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
