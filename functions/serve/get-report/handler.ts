import type { CaseReport } from "../../../contracts/api.ts";
import { reportKey, reportPageKey } from "../../../contracts/keys.ts";
import { caseId as caseIdSchema } from "../../../contracts/primitives.ts";
import { reportLanguage, report as reportSchema } from "../../../contracts/report.ts";
import { InvalidInput, NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  lake: Pick<Lake, "json">;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** A link that opens a key of the processed bucket for 15 minutes. */
  link(key: string): Promise<string>;
}

/** `GET /cases/{caseId}/report?language=`: the report of the case's last run. Reports come after analyses: until then it answers 404. */
export const createHandler = (deps: Deps) =>
  route(async ({ pathParameters, queryStringParameters }): Promise<CaseReport> => {
    const id = caseIdSchema.safeParse(pathParameters["caseId"]);
    const language = reportLanguage.safeParse(queryStringParameters["language"]);
    if (!id.success || !language.success)
      throw new InvalidInput(
        ...(id.success ? [] : ["The case's identifier isn't a UUID."]),
        ...(language.success ? [] : [`The language must be ${reportLanguage.options.join(" or ")}.`]),
      );
    const item = await deps.summary(id.data);
    if (item === undefined) throw new NotFound("There is no such case.");
    const { caseId, runId } = summaryOf(item);
    if (runId === null) throw new NotFound("The case has no report yet.");
    const report = await deps.lake.json(reportKey(caseId, runId, language.data), reportSchema).catch((error: unknown) => {
      throw error instanceof NotFound ? new NotFound("The case has no report yet.") : error;
    });
    return { report, page: await deps.link(reportPageKey(caseId, runId, language.data)) };
  });
