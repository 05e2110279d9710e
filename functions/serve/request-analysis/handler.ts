import type { CaseStatus } from "../../../contracts/case.ts";
import { type AnalysisRequested, attempts, type RequestedAnalysis } from "../../../contracts/reanalysis.ts";
import { type Attempt, isUnderWay, nextAttempt, type RunState, type SeenCase } from "../../ingest/attempts.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { log } from "../../runtime/log.ts";
import { parseStored } from "../../runtime/parse.ts";
import { caseIdOf } from "../case-id.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  pipelineVersion: string;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** How the execution of a run stands; undefined if there is none. */
  runState(runId: string): Promise<RunState | undefined>;
  /** Notes with the case what is asked for. False if the case is not any more as it was seen. */
  note(caseId: string, seen: SeenCase, next: Attempt): Promise<boolean>;
  /** Puts a message into the queue of uploads. */
  send(message: AnalysisRequested): Promise<void>;
}

/**
 * `POST /cases/{caseId}/analyses`: has the same version of a case's video analysed again, under a lease like any other. What there is of
 * the case stays as it is until the new run begins. Asked again before that, it is the same run.
 */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<RequestedAnalysis> => {
    const caseId = caseIdOf(request);
    const stored = await deps.summary(caseId);
    const { status } = summaryOf(stored);
    const { runId, attempt, analysisRequest } = parseStored(attempts, stored, "A summary item of the case table");
    const run = runId === null ? undefined : await deps.runState(runId);
    // A case can be RUNNING though its execution is over, where nobody heard of its end.
    const now = status === "RUNNING" && !isUnderWay(run) ? "FAILED" : status;
    const refusal = refusalOf[now] ?? (isUnderWay(run) ? refusalOf.RUNNING : null);
    if (refusal !== null) throw new InvalidInput(refusal);
    if (runId === null || analysisRequest === null) throw new InvalidInput("The case's video was never let in: the scan for malware did not pass it.");
    const next = await nextAttempt(analysisRequest, { runId, attempt }, deps.pipelineVersion, deps.runState);
    if (next === undefined) throw new InvalidInput("The case is being analysed.");
    if (!(await deps.note(caseId, { runId, status, now }, next))) throw new InvalidInput("The case has changed meanwhile. Look at it again first.");
    await deps.send({
      time: new Date().toISOString(),
      source: "svp.case-api",
      "detail-type": "Analysis Requested",
      detail: { caseId, runId: next.runId },
    });
    log("analysis asked for again", { caseId, runId: next.runId, attemptCount: next.attempt });
    return { caseId, runId: next.runId };
  }, 202);

/** Why a case of this status is not analysed again; null if it may be. */
const refusalOf: Readonly<Record<CaseStatus, string | null>> = {
  UPLOADING: "The case has not been analysed yet: its video has not arrived, or waits to be let in.",
  RUNNING: "The case is being analysed.",
  COMPLETE: "The case is analysed, and nothing of it is missing. After a new version of the platform, a backfill analyses it anew.",
  PARTIAL: null,
  REJECTED: "The case's video was rejected, and the same video would be again. The reasons are with the case.",
  QUARANTINED: null,
  FAILED: null,
  DELETING: "The case is being deleted.",
};
