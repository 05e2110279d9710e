import { z } from "zod";
import { driftDetected, driftDetectedType, learningSource } from "../../../contracts/drift.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { RetrainingExecutions } from "../retraining-executions.ts";

export type Deps = Pick<RetrainingExecutions, "start">;

const input = z.object({ source: z.literal(learningSource), "detail-type": z.literal(driftDetectedType), detail: driftDetected });

/**
 * Target of the rule on "Drift Detected": starts one retraining for each episode. EventBridge can't name the executions that it starts, and may
 * deliver an event twice ("at least once", EventBridge User Guide); an execution that is named after the episode is there already then.
 */
export const createHandler =
  ({ start }: Deps) =>
  async (event: unknown): Promise<{ isStarted: boolean }> => {
    const { detail } = parseInput(input, event);
    const isStarted = await start(detail.episode, detail);
    log("retraining asked for", { modelId: detail.model, episodeId: detail.episode, status: isStarted ? "STARTED" : "THERE_ALREADY" });
    return { isStarted };
  };
