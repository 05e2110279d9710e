import { reportEvidenceKey } from "../../../contracts/keys.ts";
import { answerDraft, type CaseAnswer, questionRequest } from "../../../contracts/question.ts";
import { reportEvidence } from "../../../contracts/report.ts";
import { NotFound } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { caseIdOf } from "../../serve/case-id.ts";
import { summaryOf } from "../../serve/summary.ts";
import { reasonsAgainst } from "../grounding.ts";
import { type LanguageModel, writtenBy } from "../language-model/language-model.ts";
import { readAnswer } from "../language-model/read-answer.ts";
import { picturesOf } from "../pictures.ts";
import { promptVersion, questionFor } from "./prompt.ts";

export interface Deps {
  model: LanguageModel;
  lake: Pick<Lake, "json" | "bytes">;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
}

/**
 * `POST /cases/{caseId}/questions`: answers from what the report of the case's last run was written from, with the sentences that the
 * same check lets stand. What was asked and answered is not kept. Answers 404 until there is a report.
 */
export const createHandler = ({ lake, summary, model }: Deps) =>
  route(async (request): Promise<CaseAnswer> => {
    const id = caseIdOf(request);
    const asked = jsonBody(request, questionRequest);
    const { caseId, runId } = summaryOf(await summary(id));
    const none = new NotFound("The case has no report yet, and questions are answered from what reports are written from.");
    if (runId === null) throw none;
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence).catch((error: unknown) => {
      throw error instanceof NotFound ? none : error;
    });
    const pictures = await picturesOf(lake, caseId, runId, asked.frames);

    const answer = await model.ask(questionFor(evidence, asked, pictures));
    const read = readAnswer(answerDraft, answer);
    const judged = "value" in read ? read.value.sentences.map((sentence) => ({ ...sentence, reasons: reasonsAgainst(sentence, evidence) })) : [];
    const sentences = judged.filter(({ reasons }) => reasons.length === 0).map(({ text, cites }, i) => ({ id: `s${i + 1}`, text, cites }));
    const refused = judged.filter(({ reasons }) => reasons.length > 0).map(({ text, reasons }) => ({ text, reasons }));
    const outcome = "value" in read ? (sentences.length > 0 ? "ANSWERED" : refused.length > 0 ? "REFUSED" : "SILENT") : read.outcome;

    log("question answered", {
      ...{ caseId, runId, status: outcome, sentenceCount: sentences.length, refusedCount: refused.length, pictureCount: pictures.length },
      ...{ inputTokenCount: answer.tokens.input, outputTokenCount: answer.tokens.output },
    });
    const { syntheticOnly } = evidence;
    const writer: CaseAnswer["writer"] = writtenBy(model, promptVersion, answer);
    return { outcome, sentences, refused, shown: pictures.map(({ frame }) => frame), syntheticOnly, writer };
  });
