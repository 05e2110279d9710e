import type { z } from "zod";
import { checkedDraftKey, reportDraftKey, reportEvidenceKey } from "../../../contracts/keys.ts";
import { checkedDraft, reportEvidence } from "../../../contracts/report.ts";
import { draftReportRequest, type draftReportResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { type LanguageModel, writtenBy } from "../language-model/language-model.ts";
import { keyFramesOf, picturesOf } from "../pictures.ts";
import { readDraft } from "./answer.ts";
import { promptVersion, questionFor } from "./prompt.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "bytes" | "putJson">;
  model: LanguageModel;
  /** Key frames that the model is shown, at most. */
  mostPictures: number;
}

/**
 * State DraftReport: asks a language model for a draft, from the evidence, key frames of the video if so wished, and what the check refused of its
 * last one.
 * Throws TryAgain while the model is busy. An answer that is no draft is no failure: it is kept as what it is, for the check.
 */
export const createHandler =
  ({ lake, model, mostPictures }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof draftReportResponse>> => {
    const { caseId, runId, language, draft: number } = parseInput(draftReportRequest, event);
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence);
    const refused = number === 1 ? [] : (await lake.json(checkedDraftKey(caseId, runId, language, number - 1), checkedDraft)).refused;
    const frames = keyFramesOf(evidence, mostPictures);
    const pictures = await picturesOf(lake, caseId, runId, frames);
    const answer = await model.ask(questionFor(evidence, language, refused, pictures));
    const { outcome, draft } = readDraft(answer);
    await lake.putJson(reportDraftKey(caseId, runId, language, number), draft);
    log("report drafted", {
      caseId,
      runId,
      status: outcome,
      pictureCount: pictures.length,
      inputTokenCount: answer.tokens.input,
      outputTokenCount: answer.tokens.output,
    });
    return {
      outcome,
      writer: { ...writtenBy(model, promptVersion, answer), drafts: number, ...(mostPictures > 0 && { shown: pictures.map(({ frame }) => frame) }) },
    };
  };
