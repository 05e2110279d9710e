import { type CaseDeletion, type DeletionExecution, type DeletionRecord, deletionRequest, tellDeletion } from "../../contracts/case-deletion.ts";
import { CommandError } from "./command.ts";

/** Where a deletion can be read and driven on without a person's token: its execution, the case's summary and its audit record. */
export interface DeletionSources {
  /** The execution that is called as the case is; undefined if there is none, or Step Functions has forgotten it (after 90 days). */
  execution(caseId: string): Promise<(DeletionExecution & { readonly input: string; readonly isRedrivable: boolean }) | undefined>;
  /** The case's summary item, unchecked; undefined if there is none, or no longer. */
  summary(caseId: string): Promise<{ readonly status?: unknown; readonly reasons?: unknown } | undefined>;
  record(caseId: string): Promise<DeletionRecord | undefined>;
  redrive(caseId: string): Promise<void>;
}

/** How the deletion of a case stands, as `GET /cases/{caseId}/deletion` tells it. Throws a CommandError if nobody asked for one. */
export async function deletionOf(sources: DeletionSources, caseId: string): Promise<CaseDeletion> {
  const execution = await sources.execution(caseId);
  const record = execution === undefined || execution.status === "SUCCEEDED" ? await sources.record(caseId) : undefined;
  if (execution !== undefined) {
    const request = deletionRequest.parse(JSON.parse(execution.input));
    return tellDeletion(request, execution, record ?? null, execution.status === "SUCCEEDED" ? undefined : await sources.summary(caseId));
  }
  if (record === undefined) throw new CommandError(`Nobody has asked for the deletion of case ${caseId}, or it is not kept any more.`);
  const { reason, requestedBy, requestedAt } = record;
  return { caseId, reason, requestedBy, requestedAt, status: "DELETED", error: null, record };
}

/** Goes on with a deletion in the state that failed. Throws a CommandError if Step Functions would not. */
export async function redriveDeletion(sources: DeletionSources, caseId: string): Promise<void> {
  const execution = await sources.execution(caseId);
  if (!execution?.isRedrivable)
    throw new CommandError(`The deletion of case ${caseId} can't be redriven: only one that failed, was stopped or ran out of time can, within 14 days.`);
  await sources.redrive(caseId);
}
