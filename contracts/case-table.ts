import { z } from "zod";
import { caseId, runId } from "./primitives.ts";

/*
 * Items of the case table that several parts of the platform know. Its key is `caseId` and `item`: `SUMMARY`, `RUN#{runId}`,
 * `FINDING#{finding}`, `MEASURES`, `REVIEW#{kind}#{id}`, `CORRECTIONS#{runId}#{version}`, `SEVERITY#{when}#{who}`. Who saw what lies under keys of its own ({@link file://./views.ts}). An attribute that an index has for its key must be a text or be left out: DynamoDB refuses null.
 */

/** The table's indexes: each lists items by one attribute, newest case last. An item without the attribute is not in it. */
export const caseIndexes = {
  /** `list` is `CASES` in every summary. */
  list: "cases-by-time",
  status: "cases-by-status",
  procedure: "cases-by-procedure",
  /** `finding` is in finding items only. */
  finding: "cases-by-finding",
} as const;

/**
 * Index of what operations are compared by: `cohort` is in items `MEASURES` only, one a case. Nobody lists cases by it: reading
 * it is not reading cases.
 */
export const measuresByCohort = "measures-by-cohort";

/** The stratum that a case is compared in, as `cohort` names it: of one procedure, and of one grade of difficulty or ungraded. */
export const cohortOf = ({ procedure, severity }: { readonly procedure: string; readonly severity: number | null }): string =>
  `${procedure}#${severity ?? "ungraded"}`;

/** Who graded a case's difficulty ({@link file://./grade.ts}): one item each time. */
export const gradeItemName = ({ gradedAt, gradedBy }: { readonly gradedAt: string; readonly gradedBy: string }): string => `SEVERITY#${gradedAt}#${gradedBy}`;

/** Index of the review queue ({@link file://./review-queue.ts}): `queue` and `doubtOrder` are in items that wait only. */
export const doubtsByOrder = "doubts-by-order";

/** What cases can be searched by. */
export const findingKind = z.enum(["event", "instrument", "phase", "tag"]);
export type FindingKind = z.infer<typeof findingKind>;

/** A finding as the index knows it: `instrument#hook`. Upper and lower case are the same. */
export const findingKey = (kind: FindingKind, label: string): string => `${kind}#${label.trim().toLowerCase()}`;
export const findingItemName = (finding: string): string => `FINDING#${finding}`;
export const findingItemPrefix = "FINDING#";

/**
 * Everything of one label that a run found in a case, as one item: what there is to know of a label doesn't grow with how often
 * it was found. Holds only if its run is the summary's: a newer run's findings replace it.
 */
export const findingItem = z.strictObject({
  caseId,
  item: z.string(),
  finding: z.string(),
  /** The case's, which the index sorts by. */
  createdAt: z.iso.datetime(),
  runId,
  kind: findingKind,
  label: z.string(),
  /** Intervals, and the source frames that they take together. */
  count: z.int().positive(),
  frameCount: z.int().positive(),
  /** The longest of them, at most twenty, in the order of time: segments, events or tags of the analysis. */
  longest: z.array(z.strictObject({ id: z.string(), startFrame: z.int().nonnegative(), endFrame: z.int().positive() })).max(20),
});
export type FindingItem = z.infer<typeof findingItem>;

/** What one person saved at once ({@link file://./corrections.ts}): one item a version, in the order of versions. */
export const correctionItemPrefix = (runId: string): string => `CORRECTIONS#${runId}#`;
export const correctionItemName = (runId: string, version: number): string => `${correctionItemPrefix(runId)}${String(version).padStart(8, "0")}`;

/** A surgeon's signature under a report ({@link file://./sign-off.ts}): one item for each who signed, and for each state that was signed. */
export const signOffItemPrefix = (runId: string, language: string): string => `SIGNOFF#${runId}#${language}#`;
export const signOffItemName = (signed: { runId: string; language: string; reportSha256: string; correctionsVersion: number; signedBy: string }): string =>
  `${signOffItemPrefix(signed.runId, signed.language)}${signed.reportSha256}#${String(signed.correctionsVersion).padStart(8, "0")}#${signed.signedBy}`;

/**
 * What is left of a deleted case: its summary, emptied. It is in no index, and keeps whatever comes late, such as an event of an
 * upload, from bringing the case back: every condition on a summary sees that there was one.
 */
export const tombstone = z.strictObject({ caseId, item: z.literal("SUMMARY"), status: z.literal("DELETED"), deletedAt: z.iso.datetime() });
export type Tombstone = z.infer<typeof tombstone>;

/** Whether a stored summary, of which nothing is known yet, is a {@link tombstone}. */
export const isDeleted = (summary: unknown): boolean => tombstone.safeParse(summary).success;
/** Whether the case of a stored summary is deleted, or is about to be. */
export const isGoing = (summary: unknown): boolean => isDeleted(summary) || z.object({ status: z.literal("DELETING") }).safeParse(summary).success;
