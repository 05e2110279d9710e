import { type Analysis, analysis as analysisSchema } from "../../contracts/analysis.ts";
import { analysisKey } from "../../contracts/keys.ts";
import { caseId as caseIdSchema } from "../../contracts/primitives.ts";
import { InvalidInput } from "../runtime/errors.ts";
import type { HttpRequest } from "../runtime/http.ts";
import type { Lake } from "../runtime/lake.ts";
import { summaryOf } from "./summary.ts";

export interface CaseDeps {
  lake: Pick<Lake, "json">;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
}

/** The analysis of the case that a path names. Throws NotFound if there is no such case, InvalidInput if it has no analysis (yet). */
export async function analysedCase({ lake, summary }: CaseDeps, { pathParameters }: HttpRequest): Promise<Analysis> {
  const id = caseIdSchema.safeParse(pathParameters["caseId"]);
  if (!id.success) throw new InvalidInput("The case's identifier isn't a UUID.");
  const { caseId, runId, status } = summaryOf(await summary(id.data));
  if (runId === null || (status !== "COMPLETE" && status !== "PARTIAL")) throw new InvalidInput(`The case is ${status}: it has no analysis.`);
  return lake.json(analysisKey(caseId, runId), analysisSchema);
}
