import type { z } from "zod";
import { caseOfDeletion, type checkHoldsResponse } from "../../../contracts/steps.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { type HoldDeps, keepingOf } from "../holds.ts";

/** State CheckHolds: whether a case may be deleted. Throws InvalidInput with every reason why it must be kept, NotFound for no case. */
export const createHandler =
  (deps: HoldDeps) =>
  async (event: unknown): Promise<z.infer<typeof checkHoldsResponse>> => {
    const { caseId } = parseInput(caseOfDeletion, event);
    const { holds, retentionClass, keptUntil } = await keepingOf(deps, caseId);
    if (holds.length > 0) throw new InvalidInput(...holds);
    log("case may be deleted", { caseId });
    return { retentionClass, keptUntil };
  };
