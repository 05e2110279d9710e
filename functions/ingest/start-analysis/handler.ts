import { type AnalysisRequest, caseStatus } from "../../../contracts/case.ts";
import { isGoing } from "../../../contracts/case-table.ts";
import { type AnalysisRequested, analysisRequested, attempts } from "../../../contracts/reanalysis.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { emitMetrics } from "../../runtime/metrics.ts";
import { parseStored } from "../../runtime/parse.ts";
import { type BatchResponse, eachMessage, eventOf } from "../../runtime/queue-batch.ts";
import type { StartAfter } from "../../runtime/start-after.ts";
import type { Leases } from "../leases.ts";
import { type Arrival, arrivalOf, type Refusal, requestOf, type Source } from "./core.ts";

export interface Deps {
  /** Part of every run's identity: another version analyses the same object anew. */
  pipelineVersion: string;
  startAfter: StartAfter;
  leases: Leases;
  /** Starts the execution named by the run. Starting it again while it runs is success; false if it has run already. */
  start(request: AnalysisRequest): Promise<boolean>;
  /** Puts a message back into the queue, to come again later, as a new message. */
  defer(body: string): Promise<void>;
  /** Bytes of a version of an object. Throws NotFound if it isn't there. */
  bytesOf(source: Source): Promise<number>;
  /** The case's summary item, if there is one; what is left of a deleted case included. */
  summary(caseId: string): Promise<unknown>;
  /** Whether somebody uploaded this video through the API: nobody waits for what was copied into the bucket. */
  isUploaded(arrival: Pick<Arrival, "caseId" | "uploadId">): Promise<boolean>;
  /** Ends a case whose video must not be analysed. */
  refuse(caseId: string, refusal: Refusal): Promise<void>;
}

const requestedItem = attempts.extend({ status: caseStatus });

/**
 * Queue messages, each about an uploaded video or one that is to be analysed again, to executions. While every lease is taken a message goes back into the queue
 * as a new one, so that waiting uses up none of its deliveries. A message that can't be handled fails alone and ends in the
 * dead-letter queue.
 */
export const createHandler =
  (deps: Deps) =>
  (event: unknown): Promise<BatchResponse> =>
    eachMessage(event, "at once", ({ messageId, body }) => handle(deps, messageId, body));

async function handle(deps: Deps, messageId: string, body: string): Promise<void> {
  const event = eventOf(body);
  const again = analysisRequested.safeParse(event).data;
  if (again !== undefined) return repeat(deps, again, messageId, body);
  const arrival = arrivalOf(event, deps.startAfter);
  const { caseId, refusal } = arrival;
  if (isGoing(await deps.summary(caseId))) {
    // No failure: the event came after somebody had the case deleted, and nothing may bring it back.
    log("video of a deleted case left alone", { caseId, messageId });
    return;
  }
  if (refusal !== undefined) {
    await deps.refuse(caseId, refusal);
    log("video refused", { caseId, messageId, status: refusal.status });
    return;
  }
  // Copies, too, are scanned, and an archive's would take the places of those who wait: it is for a backfill, which finds the result as a tag.
  if (deps.startAfter === "scan" && !(await deps.isUploaded(arrival))) {
    log("clean video left for a backfill", { caseId, messageId });
    return;
  }
  const request = requestOf(arrival, arrival.bytes ?? (await deps.bytesOf(arrival.source)), deps.pipelineVersion);
  await admit(deps, request, arrival.at, messageId, body);
}

/** Somebody asked for another analysis. The case itself says of what: a message can name no video that was not let in. */
async function repeat(deps: Deps, { time, detail: { caseId, runId } }: AnalysisRequested, messageId: string, body: string): Promise<void> {
  const stored = await deps.summary(caseId);
  if (stored === undefined || isGoing(stored)) {
    log("analysis of a deleted case not repeated", { caseId, runId, messageId });
    return;
  }
  const summary = parseStored(requestedItem, stored, "A summary item of the case table");
  const { analysisRequest } = summary;
  if (analysisRequest === null) throw new InvalidInput("The case has no analysis that could be repeated.");
  if (summary.requestedRunId !== runId || (summary.status === "COMPLETE" && summary.runId !== runId)) {
    // Somebody asked again since, or the run before was redriven and is whole now.
    log("analysis not needed any more", { caseId, runId, messageId });
    return;
  }
  if (summary.status === "RUNNING" && summary.runId !== runId) {
    await deps.defer(body);
    log("analysis held back", { caseId, runId, messageId });
    return;
  }
  await admit(deps, { ...analysisRequest, runId }, new Date(time), messageId, body);
}

async function admit({ leases, start, defer }: Deps, request: AnalysisRequest, at: Date, messageId: string, body: string): Promise<void> {
  const { caseId, runId } = request;
  const lease = await leases.take("interactive", runId);
  if (lease === false) {
    await defer(body);
    // Since the event: a message that is sent again keeps what it tells, and is new by all else.
    emitMetrics({ HeldBackSeconds: Math.max(0, Math.round((Date.now() - at.getTime()) / 1000)) });
    log("analysis held back", { caseId, runId, messageId });
    return;
  }
  const isNew = await start(request).catch(async (error: unknown) => {
    // What was refused has not begun, and no end of it will give the lease back. What got no answer may have.
    if (lease === "new" && isRefusal(error)) await leases.release(runId);
    throw error;
  });
  if (isNew) {
    log("analysis started", { caseId, runId, messageId });
    return;
  }
  // The same event came again after the run had ended and given its lease back: nobody else would give this one back.
  await leases.release(runId);
  log("analysis has run already", { caseId, runId, messageId });
}

/** Whether a service answered that it did not do what it was asked, as the SDK tells its answers. */
const isRefusal = (error: unknown): boolean => error instanceof Error && "$fault" in error && error.$fault === "client";
