import type { CaseReport } from "../../../contracts/api.ts";
import { reportPageKey } from "../../../contracts/keys.ts";
import { caseId as caseIdSchema } from "../../../contracts/primitives.ts";
import { reportLanguage } from "../../../contracts/report.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import type { CorrectionLog } from "../correction-log.ts";
import { type SignOffs, storedReport } from "../sign-offs.ts";
import { summaryOf } from "../summary.ts";
import type { KeepView } from "../views.ts";

export interface Deps {
  lake: Pick<Lake, "text">;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  log: Pick<CorrectionLog, "newest">;
  signOffs: Pick<SignOffs, "all">;
  /** A link that opens a key of the processed bucket for 15 minutes. */
  link(key: string): Promise<string>;
  keepView: KeepView;
}

/** `GET /cases/{caseId}/report?language=`: the report of the case's last run, and who signed it. Reports come after analyses: until then it answers 404. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<CaseReport> => {
    const { pathParameters, queryStringParameters } = request;
    const id = caseIdSchema.safeParse(pathParameters["caseId"]);
    const language = reportLanguage.safeParse(queryStringParameters["language"]);
    if (!id.success || !language.success)
      throw new InvalidInput(
        ...(id.success ? [] : ["The case's identifier isn't a UUID."]),
        ...(language.success ? [] : [`The language must be ${reportLanguage.options.join(" or ")}.`]),
      );
    const { caseId, runId } = summaryOf(await deps.summary(id.data));
    const { report, reportSha256 } = await storedReport(deps.lake, caseId, runId, language.data);
    await deps.keepView(request, caseId, "report");
    const correctionsVersion = await deps.log.newest(caseId, report.runId);
    const signOffs = (await deps.signOffs.all(caseId, report.runId, language.data)).map((signed) => ({
      reportSha256: signed.reportSha256,
      correctionsVersion: signed.correctionsVersion,
      signedAt: signed.signedAt,
      signedBy: signed.signedBy,
      isOutdated: signed.reportSha256 !== reportSha256 || signed.correctionsVersion !== correctionsVersion,
    }));
    return { report, page: await deps.link(reportPageKey(caseId, report.runId, language.data)), reportSha256, correctionsVersion, signOffs };
  });
