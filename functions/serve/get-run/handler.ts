import { z } from "zod";
import type { CaseStatus } from "../../../contracts/case.ts";
import { storedCosts } from "../../../contracts/case-costs.ts";
import type { CaseRun, RunState } from "../../../contracts/case-run.ts";
import { type PlannedWork, soFarUsd } from "../../../contracts/cost.ts";
import { caseId } from "../../../contracts/primitives.ts";
import { attempts } from "../../../contracts/reanalysis.ts";
import { NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import { summaryOf } from "../summary.ts";
import { type HistoryEvent, statesOf } from "./core.ts";

/** An execution, as Step Functions describes it. */
export interface Execution {
  readonly status: CaseRun["execution"];
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  readonly redriveCount: number;
  readonly isRedrivable: boolean;
}

export interface Deps {
  /** The case's summary item; undefined if there is no such case. */
  summary(caseId: string): Promise<unknown>;
  /** A run's execution; undefined if there is none, or none any more: Step Functions keeps them 90 days. */
  execution(runId: string): Promise<Execution | undefined>;
  /** What the platform runs over a video, for the estimate of what it has cost so far. */
  planned: PlannedWork;
  now(): Date;
  /** A page of what a run went through, oldest first, without the data of its states. */
  history(runId: string, next: string | undefined): Promise<{ events: HistoryEvent[]; next: string | undefined }>;
}

/** Pages of 1,000 events that one answer is made from: 10 are more than an analysis of a long operation has. */
const mostPages = 10;

const path = z.strictObject({ caseId });

/** `GET /cases/{caseId}/run`: how a case's newest run comes on, state by state. */
export const createHandler = (deps: Deps) =>
  route(async ({ pathParameters }): Promise<CaseRun> => {
    const { caseId } = parseInput(path, pathParameters);
    const stored = await deps.summary(caseId);
    if (stored === undefined) throw new NotFound(`There is no case ${caseId}.`);
    const { runId, status, reasons, forecastUsd, costUsd, report } = summaryOf(stored);
    if (runId === null) throw new NotFound(`Case ${caseId} has no run yet.`);
    const execution = await deps.execution(runId);
    if (execution === undefined) throw new NotFound(`Nothing is kept of the run of case ${caseId} any more.`);
    const { events, isCut } = await wholeHistory(deps, runId);
    const states = statesOf(events, execution.status !== "RUNNING" && execution.status !== "PENDING_REDRIVE" && !isCut);
    return {
      ...{ caseId, runId, status, execution: execution.status, reasons, forecastUsd, costUsd, report, isCut },
      soFarUsd: costUsd !== null || isCut ? null : costSoFar(deps, stored, states, execution.endedAt ?? deps.now()),
      startedAt: execution.startedAt.toISOString(),
      endedAt: execution.endedAt?.toISOString() ?? null,
      redriveCount: execution.redriveCount,
      isRedrivable: execution.isRedrivable,
      isAwaited: isAwaited(stored, status),
      states,
    };
  });

/** What the newest run has cost so far: what was forecast of another run's steps is none of it. */
function costSoFar({ planned }: Deps, stored: unknown, states: readonly RunState[], now: Date): number {
  const what = "A summary item of the case table";
  const { runId, forecastDetail } = parseStored(storedCosts, stored, what);
  const { analysisRequest } = parseStored(attempts, stored, what);
  const known = {
    stepsUsd: forecastDetail?.runId === runId ? (forecastDetail?.stepsUsd ?? {}) : {},
    analysers: planned.analysers,
    scannedBytes: planned.scanned ? analysisRequest?.source.bytes : undefined,
  };
  return soFarUsd(states, known, now);
}

/** A run that was asked for is awaited until it begins, unless the one before it came to its whole end after all. */
function isAwaited(stored: unknown, status: CaseStatus): boolean {
  const { runId, requestedRunId } = parseStored(attempts, stored, "A summary item of the case table");
  return requestedRunId !== null && requestedRunId !== runId && status !== "COMPLETE";
}

async function wholeHistory({ history }: Deps, runId: string): Promise<{ events: HistoryEvent[]; isCut: boolean }> {
  const events: HistoryEvent[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const read = await history(runId, next);
    events.push(...read.events);
    next = read.next;
    if (next === undefined) return { events, isCut: false };
  }
  return { events, isCut: true };
}
