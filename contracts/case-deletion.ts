import { z } from "zod";
import { retentionClass } from "./case.ts";
import { caseId, sha256 } from "./primitives.ts";

/** Why a case is deleted: a code, so that no record of it holds free text, which could name a patient. */
export const deletionReason = z.enum(["retention-passed", "patient-request", "consent-withdrawn", "study-ended", "uploaded-in-error"]);
export type DeletionReason = z.infer<typeof deletionReason>;

/** Input of the state machine `case-deletion`. Its execution is called as the case is: a case is deleted once. */
export const deletionRequest = z.strictObject({
  caseId,
  reason: deletionReason,
  /** Who asked: the user pool's opaque id, or `retention-sweep`. Never a name. */
  requestedBy: z.string().min(1).max(128),
  requestedAt: z.iso.datetime(),
});
export type DeletionRequest = z.infer<typeof deletionRequest>;

/** What lies under one prefix of a case. */
export const prefixInventory = z.strictObject({
  bucket: z.string().min(1),
  /** Without the case: `processed-videos/`. */
  prefix: z.string().min(1),
  /** Versions of objects, and delete markers among them. */
  versionCount: z.int().nonnegative(),
  markerCount: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Uploads in parts that nobody has completed. */
  openUploadCount: z.int().nonnegative(),
});
export type PrefixInventory = z.infer<typeof prefixInventory>;

/** All that there is of a case. Answer of the states `TakeInventory` and `CheckRemains`. */
export const caseInventory = z.strictObject({
  prefixes: z.array(prefixInventory),
  /** Items of the case table beside the summary. */
  itemCount: z.int().nonnegative(),
  /** Versions, markers, open uploads and items, in all. */
  total: z.int().nonnegative(),
  /**
   * SHA-256 over every version and marker in the order of listing, a line each: bucket, key, version, bytes, ETag, tab-separated.
   * Whoever has a listing of the time before can show that it is what was deleted.
   */
  digest: sha256,
});
export type CaseInventory = z.infer<typeof caseInventory>;

/** A copy that deletion does not reach, and until when there is one. */
export const remainingCopy = z.strictObject({
  what: z.enum([
    "point-in-time-recovery",
    "daily-backups",
    "monthly-backups",
    "endpoint-failures",
    "model-calls",
    "copies-in-another-region",
    "dataset-versions",
  ]),
  /** Null: until somebody deletes it (docs/runbooks/deletion-request.md). */
  until: z.iso.datetime().nullable(),
  /** Of `dataset-versions`: those that hold frames of the case, such as `instruments@1.2.0`. */
  versions: z.array(z.string()).optional(),
});
export type RemainingCopy = z.infer<typeof remainingCopy>;

/** The audit record of a deletion: written once, under lock. It names no patient, no file and no person. */
export const deletionRecord = z.strictObject({
  schemaVersion: z.literal(1),
  ...deletionRequest.shape,
  retentionClass,
  /** Until when the stack's minimum kept the case. */
  keptUntil: z.iso.datetime(),
  deletedAt: z.iso.datetime(),
  /** Executions that still ran and were stopped. */
  stoppedCount: z.int().nonnegative(),
  /** What there was before, and what is left: nothing. */
  deleted: caseInventory,
  remains: z.array(remainingCopy),
});
export type DeletionRecord = z.infer<typeof deletionRecord>;

/** What `DELETE /cases/{caseId}` takes in its query. */
export const deletionQuery = z.strictObject({ reason: deletionReason });

/** Answer to `DELETE /cases/{caseId}?reason=` and `GET /cases/{caseId}/deletion`. */
export const caseDeletion = z.strictObject({
  ...deletionRequest.shape,
  status: z.enum(["RUNNING", "FAILED", "DELETED"]),
  /** Why it failed: asked for again, or redriven, it goes on where it failed. */
  error: z.string().nullable(),
  /** Null until it is done. */
  record: deletionRecord.nullable(),
});
export type CaseDeletion = z.infer<typeof caseDeletion>;

/** An execution of `case-deletion`, as Step Functions describes it. */
export interface DeletionExecution {
  readonly status: string;
  readonly cause: string | undefined;
}

/**
 * How a deletion stands. `record` is null until it is done; a deletion that failed has left its reasons in `summary`, the case's summary item,
 * and they say more than its execution.
 */
export function tellDeletion(
  request: DeletionRequest,
  { status, cause }: DeletionExecution,
  record: DeletionRecord | null,
  summary?: { readonly status?: unknown; readonly reasons?: unknown },
): CaseDeletion {
  if (status === "RUNNING" || status === "PENDING_REDRIVE") return { ...request, status: "RUNNING", error: null, record: null };
  if (status === "SUCCEEDED") return { ...request, status: "DELETED", error: null, record };
  const reasons = summary?.status === "DELETING" ? z.array(z.string()).catch([]).parse(summary.reasons) : [];
  return { ...request, status: "FAILED", error: reasons.join(" ") || cause || `The deletion ended as ${status}.`, record: null };
}

/** Answer to `POST /cases/{caseId}/redrive`: what goes on. */
export const redrivenCase = z.strictObject({ caseId, redriven: z.enum(["analysis", "deletion"]) });
export type RedrivenCase = z.infer<typeof redrivenCase>;
