import type { RedrivenCase } from "../../../contracts/case-deletion.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import { log } from "../../runtime/log.ts";
import { caseIdOf } from "../case-id.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** Whether Step Functions would go on with this execution. */
  isRedrivable(what: RedrivenCase["redriven"], name: string): Promise<boolean>;
  redrive(what: RedrivenCase["redriven"], name: string): Promise<void>;
}

/** `POST /cases/{caseId}/redrive`: goes on, in the state that failed, with the analysis of a case or with its deletion. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<RedrivenCase> => {
    const caseId = caseIdOf(request);
    const { status, runId } = summaryOf(await deps.summary(caseId));
    const what = status === "DELETING" ? "deletion" : "analysis";
    const name = what === "deletion" ? caseId : runId;
    if (name === null || !(await deps.isRedrivable(what, name)))
      throw new InvalidInput(
        `The case is ${status}: only an analysis or a deletion that failed, was stopped or ran out of time can be redriven, within 14 days. A quarantined, partial or failed case can be analysed again.`,
      );
    await deps.redrive(what, name);
    log(what === "deletion" ? "deletion redriven" : "analysis redriven", { caseId });
    return { caseId, redriven: what };
  }, 202);
