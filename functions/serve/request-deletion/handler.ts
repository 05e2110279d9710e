import { type CaseDeletion, type DeletionRequest, deletionQuery } from "../../../contracts/case-deletion.ts";
import { type HoldDeps, keepingOf } from "../../delete/holds.ts";
import { callerOf } from "../../runtime/caller.ts";
import { InvalidInput, NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { caseIdOf } from "../case-id.ts";
import { deletionOf, type FindDeletion } from "../deletion.ts";

export interface Deps extends HoldDeps {
  find: FindDeletion;
  /** Starts the state machine `case-deletion` under the case's identifier. */
  start(request: DeletionRequest): Promise<void>;
  /** Goes on with a deletion that failed. */
  redrive(caseId: string): Promise<void>;
}

/**
 * `DELETE /cases/{caseId}?reason=`: starts the deletion of a case; how it comes on tells `GET /cases/{caseId}/deletion`. Refused
 * with every reason why the case must be kept. Asked again it goes on, as it was first asked for.
 */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<CaseDeletion> => {
    const caseId = caseIdOf(request);
    const { reason } = parseInput(deletionQuery, request.queryStringParameters);
    const { sub } = callerOf(request);
    const before = await deps.find(caseId);
    if (before?.status === "SUCCEEDED") throw new NotFound("There is no such case.");
    if (before?.status === "RUNNING") return deletionOf(before, null);
    const { holds } = await keepingOf(deps, caseId);
    if (holds.length > 0) throw new InvalidInput(...holds);
    if (before !== undefined) {
      await deps.redrive(caseId);
      log("deletion redriven", { caseId });
      return deletionOf({ ...before, status: "RUNNING" }, null);
    }
    const wanted = { caseId, reason, requestedBy: sub, requestedAt: deps.now().toISOString() };
    await deps.start(wanted);
    log("deletion started", { caseId });
    return { ...wanted, status: "RUNNING", error: null, record: null };
  }, 202);
