import { z } from "zod";
import { caseOfDeletion, type stopExecutionsResponse } from "../../../contracts/steps.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";

export interface Deps {
  /** Executions that run, of every machine that works on cases. */
  running(): AsyncIterable<{ executionArn: string; input: string }>;
  stop(executionArn: string): Promise<void>;
}

/** The case of an execution: an analysis and an export have it in their input, a report in the event that started it. */
const ownInput = z.object({ caseId: z.string() });
const eventInput = z.object({ detail: ownInput });
function caseOf(input: string): string | undefined {
  const value: unknown = JSON.parse(input);
  return ownInput.safeParse(value).data?.caseId ?? eventInput.safeParse(value).data?.detail.caseId;
}

/** State StopExecutions: stops what runs for a case, and tells how many. A stopped execution's functions may still go on for as long as a function can. */
export const createHandler =
  ({ running, stop }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof stopExecutionsResponse>> => {
    const { caseId } = parseInput(caseOfDeletion, event);
    let stoppedCount = 0;
    for await (const { executionArn, input } of running()) {
      if (caseOf(input) !== caseId) continue;
      await stop(executionArn);
      stoppedCount++;
    }
    log("executions stopped", { caseId, stoppedCount });
    return { stoppedCount };
  };
