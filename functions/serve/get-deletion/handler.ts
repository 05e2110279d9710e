import type { CaseDeletion, DeletionRecord } from "../../../contracts/case-deletion.ts";
import { NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { caseIdOf } from "../case-id.ts";
import { deletionOf, type FindDeletion } from "../deletion.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  find: FindDeletion;
  /** The case's summary item, if there is one: a deletion that failed has left its reasons there. */
  summary(caseId: string): Promise<unknown>;
  /** The audit record of a deleted case, if there is one. */
  record(caseId: string): Promise<DeletionRecord | undefined>;
}

/** `GET /cases/{caseId}/deletion`: how a deletion comes on and, once it is done, its audit record, which outlives the execution. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<CaseDeletion> => {
    const caseId = caseIdOf(request);
    const execution = await deps.find(caseId);
    if (execution !== undefined && execution.status !== "SUCCEEDED") {
      const item = await deps.summary(caseId);
      return deletionOf(execution, null, item === undefined ? undefined : summaryOf(item));
    }
    const record = await deps.record(caseId);
    if (execution !== undefined) return deletionOf(execution, record ?? null);
    if (record === undefined) throw new NotFound("Nobody has asked for the deletion of such a case.");
    const { reason, requestedBy, requestedAt } = record;
    return { caseId, reason, requestedBy, requestedAt, status: "DELETED", error: null, record };
  });
