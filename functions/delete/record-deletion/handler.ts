import { z } from "zod";
import { type DeletionRecord, deletionRecord, type RemainingCopy } from "../../../contracts/case-deletion.ts";
import { deletionRecordKey, endpointFailureDays } from "../../../contracts/keys.ts";
import { recordDeletionRequest, type recordDeletionResponse } from "../../../contracts/steps.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";

/** What the stack keeps copies in, and for how many days. */
export const copies = z.strictObject({
  dailyDays: z.int().positive(),
  monthlyDays: z.int().positive(),
  /** Whether the lake is copied to another Region. */
  hasCopyRegion: z.boolean(),
  /** Whether analysers ask asynchronous endpoints. */
  hasAsyncEndpoints: z.boolean(),
  /** Days that a call of a language model is kept, with all that the model was shown; null where none is asked. */
  modelCallDays: z.int().positive().nullable(),
});

export interface Deps {
  copies: z.infer<typeof copies>;
  now(): Date;
  uri(key: string): string;
  /** Versions of datasets that hold frames of a case, such as `instruments@1.2.0`. */
  datasetsOf(caseId: string): Promise<string[]>;
  /** Writes an object. False if it is there already. */
  putNew(key: string, value: DeletionRecord): Promise<boolean>;
}

const dayMs = 24 * 3600 * 1000;
/** How far back DynamoDB restores a table (DynamoDB Developer Guide, "Point-in-time recovery"). */
const recoveryDays = 35;

/** State RecordDeletion: the audit record, written once. Asked again, the first one stands: nobody can overwrite it. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof recordDeletionResponse>> => {
    const request = parseInput(recordDeletionRequest, event);
    const now = deps.now();
    const key = deletionRecordKey(request.caseId);
    const versions = await deps.datasetsOf(request.caseId);
    const record = parseStored(
      deletionRecord,
      { schemaVersion: 1, ...request, deletedAt: now.toISOString(), remains: remainsOf(deps.copies, versions, now) },
      "The record of the deletion",
    );
    const isNew = await deps.putNew(key, record);
    log(isNew ? "deletion recorded" : "deletion was recorded already", { caseId: request.caseId, totalCount: request.deleted.total });
    return { recordUri: deps.uri(key), deletedAt: record.deletedAt };
  };

/** Backups are under lock and can't be searched for one case: they run out. A backup of the day of the deletion is the last that holds the case. */
function remainsOf(
  { dailyDays, monthlyDays, hasCopyRegion, hasAsyncEndpoints, modelCallDays }: Deps["copies"],
  versions: string[],
  now: Date,
): RemainingCopy[] {
  const after = (days: number): string => new Date(now.getTime() + days * dayMs).toISOString();
  return [
    { what: "point-in-time-recovery", until: after(recoveryDays) },
    { what: "daily-backups", until: after(dailyDays) },
    { what: "monthly-backups", until: after(monthlyDays) },
    // SageMaker names them by requests, not by cases.
    ...(hasAsyncEndpoints ? [{ what: "endpoint-failures", until: after(endpointFailureDays + 1) } as const] : []),
    // A log for auditors, in which nobody can find one case. Calls of the day of the deletion are the last.
    ...(modelCallDays === null ? [] : [{ what: "model-calls", until: after(modelCallDays) } as const]),
    // What a network learned from must be provable as long as it is in use: people decide (docs/datasets.md).
    ...(versions.length > 0 ? [{ what: "dataset-versions", until: null, versions } as const] : []),
    ...(hasCopyRegion ? [{ what: "copies-in-another-region", until: null } as const] : []),
  ];
}
