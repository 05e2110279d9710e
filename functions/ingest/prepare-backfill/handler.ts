import type { z } from "zod";
import { backfillItem, type PreparedBackfill } from "../../../contracts/backfill.ts";
import { type AnalysisRequest, type CaseStatus, caseStatus } from "../../../contracts/case.ts";
import { isGoing } from "../../../contracts/case-table.ts";
import { sourceKey } from "../../../contracts/keys.ts";
import { attempts } from "../../../contracts/reanalysis.ts";
import { InvalidInput, NoLease, NotScanned, TryAgain } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { scanRefusal, scanResultOfTag } from "../../runtime/malware-scan.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import type { StartAfter } from "../../runtime/start-after.ts";
import { type Attempt, isUnderWay, nextAttempt, type RunState, type SeenCase } from "../attempts.ts";
import type { Leases } from "../leases.ts";
import type { ObjectVersion } from "../source-versions.ts";
import { requestOf, runIdOf } from "../start-analysis/core.ts";

export interface Deps {
  pipelineVersion: string;
  startAfter: StartAfter;
  rawBucket: string;
  leases: Leases;
  /** Versions of a source, newest first. */
  versions(key: string): Promise<ObjectVersion[]>;
  /** What the scan for malware says of a version, as its tag; undefined if it has said nothing. */
  scanResult(key: string, versionId: string | undefined): Promise<string | undefined>;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** How the execution of a run stands; undefined if there is none. */
  runState(runId: string): Promise<RunState | undefined>;
  /** Notes with the case which attempt is made. False if the case is not any more as it was seen. */
  note(caseId: string, seen: SeenCase, next: Attempt): Promise<boolean>;
  /** ARN of a run's execution. */
  executionArn(runId: string): string;
}

const summaryItem = attempts.extend({ status: caseStatus });
type Summary = z.infer<typeof summaryItem>;

/** Statuses that a whole run ends in, which another run by the same version would end in as well, or that people decide on. */
const isWhole = (status: CaseStatus): boolean => status !== "RUNNING" && status !== "FAILED";

/**
 * One line of a backfill's manifest to the run that analyses the newest version of its video. A run that this version of the
 * platform has been through is skipped. One that was stopped, ran out of time or failed goes on where it was, or begins anew where
 * Step Functions lets it go on no more. Throws NoLease while all leases of the class are taken, NotScanned for a video that the scan for
 * malware has yet to tell of, InvalidInput for one that is not there or must not be analysed.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<PreparedBackfill> => {
    const item = parseInput(backfillItem, event);
    const { caseId } = item;
    const key = sourceKey(caseId, item.uploadId);
    const [stored, versions] = await Promise.all([deps.summary(caseId), deps.versions(key)]);
    if (isGoing(stored)) throw new InvalidInput("The case of this video is deleted, or about to be.");
    const latest = versions.find(({ isLatest }) => isLatest);
    if (!latest) throw new InvalidInput("There is no such video.");
    const summary = stored === undefined ? undefined : parseStored(summaryItem, stored, "A summary item of the case table");

    const source = { bucket: deps.rawBucket, key, versionId: latest.versionId };
    const first = requestOf({ ...item, source }, latest.bytes, deps.pipelineVersion);
    const own = ownRun(first, summary, deps.pipelineVersion);
    const request = own === undefined ? first : { ...first, runId: own };
    if (summary !== undefined && own !== undefined && isWhole(summary.status)) return { verdict: "SKIP", runId: own, status: summary.status };
    const run = await deps.runState(request.runId);
    if (isUnderWay(run)) return { verdict: "SKIP", runId: request.runId, status: "RUNNING" };
    if (deps.startAfter === "scan") refuseUnscanned(await deps.scanResult(key, latest.versionId));
    else refuseRefused(summary);

    const lease = async (runId: string): Promise<void> => {
      if (!(await deps.leases.take("backfill", runId))) throw new NoLease("Every lease for backfills is taken.");
      log("backfill prepared", { caseId, runId });
    };
    if (run?.isRedrivable) {
      await lease(request.runId);
      return { verdict: "REDRIVE", request, executionArn: deps.executionArn(request.runId) };
    }
    if (summary === undefined || own === undefined) {
      await lease(first.runId);
      return { verdict: "ANALYSE", request: first };
    }
    const next = await nextAttempt(first, { runId: own, attempt: summary.attempt }, deps.pipelineVersion, deps.runState);
    if (next === undefined) return { verdict: "SKIP", runId: own, status: "RUNNING" };
    await lease(next.runId);
    if (!(await deps.note(caseId, { runId: own, status: summary.status, now: "FAILED" }, next))) {
      await deps.leases.release(next.runId);
      throw new TryAgain("The case changed while it was looked at.");
    }
    return { verdict: "ANALYSE", request: { ...first, runId: next.runId } };
  };

/** The case's run, if it is one of this video by this version of the platform, whichever attempt. */
function ownRun({ source }: AnalysisRequest, summary: Summary | undefined, pipelineVersion: string): string | undefined {
  for (let attempt = 0; summary !== undefined && attempt <= summary.attempt; attempt++) {
    if (runIdOf(source.bucket, source.key, source.versionId, pipelineVersion, attempt) === summary.runId) return summary.runId;
  }
  return undefined;
}

/** Lets in what the scan for malware found to be clean, this very version, and nothing else. */
function refuseUnscanned(tag: string | undefined): void {
  if (tag === undefined) throw new NotScanned("The scan for malware has told nothing of this video yet.");
  const result = scanResultOfTag(tag);
  if (result === undefined) throw new InvalidInput("The tag of the scan for malware on this video holds no result that is known.");
  const refusal = scanRefusal("video", result);
  if (refusal !== undefined) throw new InvalidInput(refusal.reason);
}

/** Where nothing is scanned, a case that was refused without a run was refused by a scan that there was once. */
function refuseRefused(summary: Summary | undefined): void {
  if (summary?.runId === null && (summary.status === "REJECTED" || summary.status === "QUARANTINED"))
    throw new InvalidInput("The scan for malware refused this video.");
}
