import { type SignOff, signOffRequest, type ToldSignOff } from "../../../contracts/sign-off.ts";
import { callerOf } from "../../runtime/caller.ts";
import { Outdated } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { caseIdOf } from "../case-id.ts";
import type { CorrectionLog } from "../correction-log.ts";
import { type SignOffs, storedReport } from "../sign-offs.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  lake: Pick<Lake, "text">;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  log: Pick<CorrectionLog, "newest">;
  signOffs: Pick<SignOffs, "add">;
  now(): Date;
}

/** `POST /cases/{caseId}/report/sign-off`: a surgeon signs a report as it is, with what was corrected until now. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<ToldSignOff> => {
    const id = caseIdOf(request);
    const asked = jsonBody(request, signOffRequest);
    const { sub: signedBy } = callerOf(request);
    const { caseId, runId } = summaryOf(await deps.summary(id));
    const { report, reportSha256 } = await storedReport(deps.lake, caseId, runId, asked.language);
    if (asked.reportSha256 !== reportSha256) throw new Outdated("The report was written anew since it was read. Read it again before it is signed.");
    const newest = await deps.log.newest(caseId, report.runId);
    if (asked.correctionsVersion !== newest)
      throw new Outdated(
        `The case was corrected since the report was read: corrections have version ${newest}, not ${asked.correctionsVersion}. Look at them before it is signed.`,
      );
    const signed: SignOff = {
      ...{ schema: "report-sign-off/1.0", caseId, runId: report.runId, ...asked, signedBy },
      signedAt: deps.now().toISOString(),
    };
    const { correctionsVersion, signedAt } = await deps.signOffs.add(signed);
    log("report signed", { caseId, runId: report.runId });
    return { reportSha256, correctionsVersion, signedAt, signedBy, isOutdated: false };
  }, 201);
