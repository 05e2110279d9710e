import { z } from "zod";
import { runId } from "../../../contracts/primitives.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { Leases } from "../leases.ts";

export interface Deps {
  leases: Pick<Leases, "release">;
}

/** The part we use of Step Functions' event about an execution that has ended, however it ended. */
const executionEnded = z.object({
  source: z.literal("aws.states"),
  "detail-type": z.literal("Step Functions Execution Status Change"),
  detail: z.object({ name: runId, status: z.enum(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]) }),
});

/** The end of an analysis gives its lease back. Told twice, it does so once. */
export const createHandler =
  ({ leases }: Deps) =>
  async (event: unknown): Promise<void> => {
    const { name, status } = parseInput(executionEnded, event).detail;
    await leases.release(name);
    log("lease released", { runId: name, status });
  };
