import { z } from "zod";
import { type DriftDetected, driftDetected } from "../../../contracts/drift.ts";
import { retrainingTurnKey } from "../../../contracts/keys.ts";
import { type ResumedRetrainings, resumedName, retrainingTurn } from "../../../contracts/retraining.ts";
import { TryAgain } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { type CountingDeps, correctedSince } from "../corrected-since.ts";
import type { RetrainingExecutions } from "../retraining-executions.ts";
import type { WatchStore } from "../watch-store.ts";

export interface Deps extends CountingDeps, Pick<RetrainingExecutions, "start"> {
  store: Pick<WatchStore, "tagged">;
  /** Cases that must have been corrected since the last version of a network's dataset. */
  leastCorrected: number;
}

const input = z.strictObject({ open: z.array(driftDetected) });

/**
 * State ResumeRetrainings: of the networks with which something is wrong still, goes on with those that waited for corrections and have enough by now.
 * The name of an execution says how often its network waited, so that one is started however often this is tried; it takes the turn, and the network
 * waits no more. A network that can't be judged hinders no other. Throws TryAgain where a service is busy.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<ResumedRetrainings> => {
    // What is wrong in two ways learns once.
    const open = new Map<string, DriftDetected>();
    for (const news of parseInput(input, event).open) if (!open.has(news.model)) open.set(news.model, news);
    const outcome: ResumedRetrainings = { resumed: [], faults: [] };
    for (const [model, news] of open) {
      try {
        if (await resume(deps, news)) outcome.resumed.push(model);
      } catch (error) {
        if (error instanceof TryAgain) throw error;
        outcome.faults.push(`${model}: ${(error as Error).message}`);
      }
    }
    return outcome;
  };

async function resume(deps: Deps, news: DriftDetected): Promise<boolean> {
  const turn = (await deps.store.tagged(retrainingTurnKey(news.model), retrainingTurn))?.value;
  if (turn?.status !== "WAITING") return false;
  const { fresh } = await correctedSince(deps, news.model);
  const isEnough = fresh >= deps.leastCorrected;
  const isStarted = isEnough && (await deps.start(resumedName(news.episode, turn.waits), news));
  const status = !isEnough ? "WAITS" : isStarted ? "STARTED" : "THERE_ALREADY";
  log("waiting retraining looked at", { modelId: news.model, episodeId: news.episode, caseCount: fresh, status });
  return isStarted;
}
