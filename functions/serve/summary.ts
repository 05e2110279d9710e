import { z } from "zod";
import { type CaseSummary, caseStatus, procedure, severity } from "../../contracts/case.ts";
import { runId } from "../../contracts/primitives.ts";
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
  forecastUsd: z.number().nonnegative().nullable().default(null),
  costUsd: z.number().nonnegative().nullable().default(null),
});

export const summaryOf = (stored: unknown): CaseSummary => parseStored(item, stored, "A summary item of the case table");
