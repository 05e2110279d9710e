import type { z } from "zod";
import { checkedDraftKey, reportDraftKey, reportEvidenceKey } from "../../../contracts/keys.ts";
import { checkedDraft, reportDraft, reportEvidence } from "../../../contracts/report.ts";
import { checkGroundingRequest, type checkGroundingResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { checkDraft } from "../grounding.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "putJson">;
}

/** Most refused sentences that are kept, of all drafts: enough to see what a writer does. */
const mostRefused = 50;

/** State CheckGrounding: keeps of a draft what its citations bear, and says why not of the rest. Refused by earlier drafts stays on record. */
export const createHandler =
  ({ lake }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof checkGroundingResponse>> => {
    const { caseId, runId, language, draft: number, writer, withoutModel = "" } = parseInput(checkGroundingRequest, event);
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence);
    const written = await lake.json(reportDraftKey(caseId, runId, language, number), reportDraft);
    const { draft, refused: untrue } = checkDraft(written, evidence);
    // What is no draft at all is refused as a whole: a sentence without words.
    const whole = [withoutModel, written.unusable ?? ""].filter((reason) => reason !== "").map((reason) => ({ text: "", reasons: [reason] }));
    const refused = [...whole, ...untrue];
    const earlier = number === 1 ? [] : (await lake.json(checkedDraftKey(caseId, runId, language, number - 1), checkedDraft)).refused;
    await lake.putJson(checkedDraftKey(caseId, runId, language, number), { writer, draft, refused: [...earlier, ...refused].slice(0, mostRefused) });
    const sentenceCount = draft.sections.reduce((sum, { sentences }) => sum + sentences.length, 0);
    log("draft checked", { caseId, runId, sentenceCount, refusedCount: refused.length });
    return {
      verdict: untrue.length === 0 && written.unusable === undefined && sentenceCount > 0 ? "GROUNDED" : "REFUSED",
      sentenceCount,
      refusedCount: refused.length,
    };
  };
