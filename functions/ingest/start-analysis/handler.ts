import type { AnalysisRequest } from "../../../contracts/case.ts";
import { isGoing } from "../../../contracts/case-table.ts";
import { log } from "../../runtime/log.ts";
import { type BatchResponse, eachMessage } from "../../runtime/queue-batch.ts";
import type { Leases } from "../leases.ts";
import { type Arrival, arrivalOf, type Refusal, requestOf, type Source, type StartAfter } from "./core.ts";

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
  /** Ends a case whose video must not be analysed. */
  refuse(caseId: string, refusal: Refusal): Promise<void>;
}

/**
 * Queue messages, each about an uploaded video, to executions. While every lease is taken a message goes back into the queue
 * as a new one, so that waiting uses up none of its deliveries. A message that can't be handled fails alone and ends in the
 * dead-letter queue.
 */
export const createHandler =
  (deps: Deps) =>
  (event: unknown): Promise<BatchResponse> =>
    eachMessage(event, "at once", ({ messageId, body }) => handle(deps, messageId, body));

async function handle(deps: Deps, messageId: string, body: string): Promise<void> {
  const arrival = arrivalOf(body, deps.startAfter);
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
  await admit(deps, arrival, messageId, body);
}

async function admit({ pipelineVersion, leases, start, defer, bytesOf }: Deps, arrival: Arrival, messageId: string, body: string): Promise<void> {
  const request = requestOf(arrival, arrival.bytes ?? (await bytesOf(arrival.source)), pipelineVersion);
  const { caseId, runId } = request;
  if (!(await leases.take("interactive", runId))) {
    await defer(body);
    log("analysis held back", { caseId, runId, messageId });
    return;
  }
  if (await start(request)) {
    log("analysis started", { caseId, runId, messageId });
    return;
  }
  // The same event came again after the run had ended and given its lease back: nobody else would give this one back.
  await leases.release(runId);
  log("analysis has run already", { caseId, runId, messageId });
}
