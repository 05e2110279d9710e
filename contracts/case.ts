import { z } from "zod";
import { caseId, objectLocation, runId, uploadId } from "./primitives.ts";

/** Where a case stands. Terminal: COMPLETE, PARTIAL, REJECTED (bad input), QUARANTINED (privacy gate could not decide), FAILED. */
export const caseStatus = z.enum(["UPLOADING", "RUNNING", "COMPLETE", "PARTIAL", "REJECTED", "QUARANTINED", "FAILED"]);
export type CaseStatus = z.infer<typeof caseStatus>;

/** Input of the state machine: one version of one uploaded object. Built by `ingest/start-analysis`. */
export const analysisRequest = z.strictObject({
  caseId,
  uploadId,
  runId,
  source: z.strictObject({ ...objectLocation.shape, bytes: z.int().nonnegative() }),
});
export type AnalysisRequest = z.infer<typeof analysisRequest>;

/** A case as people list it. The file's name lies only here, encrypted in the case table. */
export const caseSummary = z.strictObject({
  caseId,
  fileName: z.string(),
  status: caseStatus,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  runId: runId.nullable(),
  /** Why a case was rejected, quarantined or failed: sentences, all of them. */
  reasons: z.array(z.string()),
});
export type CaseSummary = z.infer<typeof caseSummary>;
