import { type CorrectionList, correctionQuery } from "../../../contracts/corrections.ts";
import { route, Versioned } from "../../runtime/http.ts";
import { parseInput } from "../../runtime/parse.ts";
import { analysedCase, type CaseDeps } from "../analysed-case.ts";
import type { CorrectionLog } from "../correction-log.ts";

export interface Deps extends CaseDeps {
  log: Pick<CorrectionLog, "page" | "newest">;
}

/** `GET /cases/{caseId}/corrections?after=`: what people corrected of the case's analysis, in the order in which they saved it. */
export const createHandler = (deps: Deps) =>
  route(async (request) => {
    const { after } = parseInput(correctionQuery, request.queryStringParameters);
    const { caseId, runId, provenance } = await analysedCase(deps, request);
    const { sets, more } = await deps.log.page(caseId, runId, after);
    const last = sets.at(-1)?.version ?? after;
    const version = more || sets.length === 0 ? await deps.log.newest(caseId, runId) : last;
    const list: CorrectionList = { caseId, runId, contentSha256: provenance.contentSha256, sets, version, next: more ? last : null };
    return new Versioned(list, version);
  });
