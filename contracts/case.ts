import { z } from "zod";
import { caseId, objectLocation, runId, uploadId } from "./primitives.ts";

/** Where a case stands. Terminal: COMPLETE, PARTIAL, REJECTED (bad input), QUARANTINED (privacy gate could not decide), FAILED. DELETING ends in there being no case. */
export const caseStatus = z.enum(["UPLOADING", "RUNNING", "COMPLETE", "PARTIAL", "REJECTED", "QUARANTINED", "FAILED", "DELETING"]);
export type CaseStatus = z.infer<typeof caseStatus>;

/** Procedures that the platform has measures and cohorts for. Codes of terminologies are configuration: SNOMED CT needs a national licence. */
export const procedure = z.enum(["laparoscopic-cholecystectomy", "laparoscopic-appendectomy", "laparoscopic-hysterectomy", "other"]);
export type Procedure = z.infer<typeof procedure>;

/** How difficult the operation was, as the surgeon graded it: 1 to 5 (Nassar scale; Nassar et al., Ann R Coll Surg Engl 1995, and its later grade 5). */
export const severity = z.int().min(1).max(5);

/** Why a video is analysed: somebody waits for it, or a whole archive is worked through. */
export const workClass = z.enum(["interactive", "backfill"]);
export type WorkClass = z.infer<typeof workClass>;

/** How long a case must be kept, at least: as a record of care, or as material of a study. The stack says how many days each means. */
export const retentionClass = z.enum(["clinical", "research"]);
export type RetentionClass = z.infer<typeof retentionClass>;
/** What a case is where nobody said: what must be kept longer. */
export const defaultRetentionClass: RetentionClass = "clinical";

/** Input of the state machine: one version of one uploaded object. Built by `ingest/start-analysis`. */
export const analysisRequest = z.strictObject({
  caseId,
  uploadId,
  runId,
  source: z.strictObject({ ...objectLocation.shape, bytes: z.int().nonnegative() }),
});
export type AnalysisRequest = z.infer<typeof analysisRequest>;

/** What a report's language model is thought to cost, and did: US dollars at list prices, about. What people ask it of a case is no part of it. */
export const reportShare = z.strictObject({
  /** False: no price is known of the model, as of a third party's, and only its guardrail is counted. */
  isPriced: z.boolean(),
  /** If the first drafts stand, and at most. */
  forecastUsd: z.number().nonnegative().nullable(),
  mostUsd: z.number().nonnegative().nullable(),
  /** Of all drafts in all languages; null until the report is written. */
  costUsd: z.number().nonnegative().nullable(),
});
export type ReportShare = z.infer<typeof reportShare>;

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
  /** Null if whoever uploaded it did not say. */
  procedure: procedure.nullable(),
  severity: severity.nullable(),
  /**
   * What its run was thought to cost, and what it cost, its report included once that is written: US dollars at list prices, about. Null before it is
   * admitted, and before it is analysed.
   */
  forecastUsd: z.number().nonnegative().nullable(),
  costUsd: z.number().nonnegative().nullable(),
  /** What of that is for the language model that writes its report; null where none does, or nothing was forecast. */
  report: reportShare.nullable(),
  retentionClass,
});
export type CaseSummary = z.infer<typeof caseSummary>;
