import type { z } from "zod";
import { checkedDraftKey, reportDraftKey, reportEvidenceKey } from "../../../contracts/keys.ts";
import { checkedDraft, type ModelUse, type Report, reportDraft, reportEvidence } from "../../../contracts/report.ts";
import { ownModelRunner } from "../../../contracts/report-cost.ts";
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

/** State CheckGrounding: keeps of a draft what its citations bear, and says why not of the rest. Refused by earlier drafts, and what they were billed by, stays on record. */
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
    const earlier = number === 1 ? undefined : await lake.json(checkedDraftKey(caseId, runId, language, number - 1), checkedDraft);
    await lake.putJson(checkedDraftKey(caseId, runId, language, number), {
      ...{ writer, draft },
      refused: [...(earlier?.refused ?? []), ...refused].slice(0, mostRefused),
      uses: [...(earlier?.uses ?? []), ...useOf(writer)],
    });
    const sentenceCount = draft.sections.reduce((sum, { sentences }) => sum + sentences.length, 0);
    log("draft checked", { caseId, runId, sentenceCount, refusedCount: refused.length });
    return {
      verdict: untrue.length === 0 && written.unusable === undefined && sentenceCount > 0 ? "GROUNDED" : "REFUSED",
      sentenceCount,
      refusedCount: refused.length,
    };
  };

/** What a draft of a language model is billed by; nothing of one of the template. Only the organisation's own have a version. */
function useOf({
  kind,
  id,
  modelVersion,
  vendor = modelVersion === undefined ? undefined : ownModelRunner,
  tokens,
  textUnits = 0,
}: Report["writer"]): ModelUse[] {
  return kind === "language-model" && tokens ? [{ modelId: id, ...(vendor !== undefined && { vendor }), tokens, textUnits }] : [];
}
