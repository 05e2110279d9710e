import { z } from "zod";
import { type CaseSummary, caseStatus, defaultRetentionClass, procedure, retentionClass, severity } from "../../contracts/case.ts";
import { caseCosts, storedCosts } from "../../contracts/case-costs.ts";
import { runId, s3Uri } from "../../contracts/primitives.ts";
import { NotFound } from "../runtime/errors.ts";
import { parseStored } from "../runtime/parse.ts";

/** A summary item of the case table: it holds more than the API tells. A case that was never claimed has no run. */
const item = z.object({
  caseId: z.string(),
  fileName: z.string(),
  status: caseStatus,
  createdAt: z.string(),
  updatedAt: z.string(),
  runId: runId.nullable().default(null),
  reasons: z.array(z.string()).default([]),
  procedure: procedure.nullable().default(null),
  severity: severity.nullable().default(null),
  retentionClass: retentionClass.default(defaultRetentionClass),
});

/** Where the picture that stands for an analysed case lies. One of an earlier run says nothing while another is under way. */
const pictured = z.object({ status: caseStatus, posterUri: s3Uri.nullable().default(null) });
export function posterUriOf(stored: unknown): string | null {
  const { status, posterUri } = parseStored(pictured, stored, "A summary item of the case table");
  return status === "COMPLETE" || status === "PARTIAL" ? posterUri : null;
}

/** What the API tells of a case's summary item. Throws NotFound if there is none. */
export function summaryOf(stored: unknown): CaseSummary {
  if (stored === undefined) throw new NotFound("There is no such case.");
  const what = "A summary item of the case table";
  return { ...parseStored(item, stored, what), ...caseCosts(parseStored(storedCosts, stored, what)) };
}
