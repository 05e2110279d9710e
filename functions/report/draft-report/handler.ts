import type { z } from "zod";
import { checkedDraftKey, reportDraftKey, reportEvidenceKey } from "../../../contracts/keys.ts";
import { checkedDraft, reportEvidence } from "../../../contracts/report.ts";
import { draftReportRequest, type draftReportResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { LanguageModel } from "../language-model.ts";
import { readAnswer } from "./answer.ts";
import { promptVersion, requestFor } from "./prompt.ts";

export interface Deps extends LanguageModel {
  lake: Pick<Lake, "json" | "putJson">;
}

/**
 * State DraftReport: asks a language model for a draft, from the evidence and from what the check refused of its last one.
 * Throws TryAgain while the model is busy. An answer that is no draft is no failure: it is kept as what it is, for the check.
 */
export const createHandler =
  ({ lake, modelId, guardrail, converse }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof draftReportResponse>> => {
    const { caseId, runId, language, draft: number } = parseInput(draftReportRequest, event);
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence);
    const refused = number === 1 ? [] : (await lake.json(checkedDraftKey(caseId, runId, language, number - 1), checkedDraft)).refused;
    const { stopReason, output, usage } = await converse({
      ...requestFor(evidence, language, refused),
      modelId,
      guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
    });
    const { outcome, draft } = readAnswer({ stopReason, output });
    await lake.putJson(reportDraftKey(caseId, runId, language, number), draft);
    const tokens = { input: usage?.inputTokens ?? 0, output: usage?.outputTokens ?? 0 };
    log("report drafted", { caseId, runId, status: outcome, inputTokenCount: tokens.input, outputTokenCount: tokens.output });
    return { outcome, writer: { kind: "language-model", id: modelId, version: promptVersion, drafts: number, guardrail, tokens } };
  };
