import { createHash } from "node:crypto";
import type { Analysis } from "../../../contracts/analysis.ts";
import { vocabularyOf } from "../../../contracts/corrected-view.ts";
import { datasetPseudonym, splitOf } from "../../../contracts/dataset-names.ts";
import type { DatasetRequest, DatasetTask, PlannedCase } from "../../../contracts/dataset-version.ts";

/** A case that may get into a dataset. */
export interface Candidate {
  readonly analysis: Analysis;
  /** Version of the newest corrections; 0 if there are none. */
  readonly corrections: number;
  readonly isSignedOff: boolean;
}

/** Whether people did with a case what a request asks for. */
export function isWanted({ corrections, isSignedOff }: Pick<Candidate, "corrections" | "isSignedOff">, cases: DatasetRequest["cases"]): boolean {
  if (Array.isArray(cases)) return true;
  return (cases.that === "signed-off" || corrections > 0) && (cases.that === "corrected" || isSignedOff);
}

/** The words that an analysis has for what a task learns. */
export function wordsFor(task: DatasetTask, analysis: Analysis): readonly string[] {
  const { boxes, masks, segments } = vocabularyOf(analysis);
  return task === "object-detection" ? boxes : task === "segmentation" ? masks : (segments.get("phase") ?? []);
}

export const plannedCase = ({ name, shares }: DatasetRequest, { analysis, corrections, isSignedOff }: Candidate): PlannedCase => ({
  case: datasetPseudonym(name, "case", analysis.caseId),
  split: splitOf(analysis.caseId, shares),
  caseId: analysis.caseId,
  runId: analysis.runId,
  contentSha256: analysis.provenance.contentSha256,
  corrections,
  isSignedOff,
});

/** Over all that decides what a version holds: not its number, nor when it is made. */
export function recipeOf({ task, classes, framesPerSecond, shares }: DatasetRequest, cases: readonly PlannedCase[]): string {
  const parts = { task, classes, framesPerSecond, shares, cases: cases.map(({ isSignedOff: _, ...one }) => one) };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
