import { z } from "zod";
import { backfillItem, type PreparedBackfill } from "../../../contracts/backfill.ts";
import { caseStatus } from "../../../contracts/case.ts";
import { isGoing } from "../../../contracts/case-table.ts";
import { sourceKey } from "../../../contracts/keys.ts";
import { runId } from "../../../contracts/primitives.ts";
import { InvalidInput, NoLease } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import type { Leases } from "../leases.ts";
import type { ObjectVersion } from "../source-versions.ts";
import { requestOf, type StartAfter } from "../start-analysis/core.ts";

export interface Deps {
  pipelineVersion: string;
  startAfter: StartAfter;
  rawBucket: string;
  leases: Pick<Leases, "take">;
  /** Versions of a source, newest first. */
  versions(key: string): Promise<ObjectVersion[]>;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
}

const summaryItem = z.object({ status: caseStatus, runId: runId.nullable().default(null) });
type Summary = z.infer<typeof summaryItem>;

/**
 * One line of a backfill's manifest to the run that analyses the newest version of its video. A run that this version of the
 * platform has been through is skipped, whatever came of it: a failed one is for a redrive. Throws NoLease while all leases
 * of the class are taken, InvalidInput for a video that is not there or must not be analysed.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<PreparedBackfill> => {
    const item = parseInput(backfillItem, event);
    const key = sourceKey(item.caseId, item.uploadId);
    const [stored, versions] = await Promise.all([deps.summary(item.caseId), deps.versions(key)]);
    if (isGoing(stored)) throw new InvalidInput("The case of this video is deleted, or about to be.");
    const latest = versions.find(({ isLatest }) => isLatest);
    if (!latest) throw new InvalidInput("There is no such video.");
    const summary = stored === undefined ? undefined : parseStored(summaryItem, stored, "A summary item of the case table");
    refuseUnscanned(summary, deps.startAfter);

    const source = { bucket: deps.rawBucket, key, versionId: latest.versionId };
    const request = requestOf({ ...item, source }, latest.bytes, deps.pipelineVersion);
    if (summary?.runId === request.runId) return { verdict: "SKIP", runId: request.runId, status: summary.status };
    if (!(await deps.leases.take("backfill", request.runId))) throw new NoLease("Every lease for backfills is taken.");
    log("backfill prepared", { caseId: item.caseId, runId: request.runId });
    return { verdict: "ANALYSE", request };
  };

/** A video that the scan for malware refused never had a run, nor has one that it has yet to look at. */
function refuseUnscanned(summary: Summary | undefined, startAfter: StartAfter): void {
  if (summary !== undefined && summary.runId !== null) return;
  if (summary?.status === "REJECTED" || summary?.status === "QUARANTINED") throw new InvalidInput("The scan for malware refused this video.");
  if (startAfter === "scan") throw new InvalidInput("This video was never let in: its scan for malware has not ended.");
}
