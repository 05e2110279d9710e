import type { z } from "zod";
import { type ReportDraft, reportDraft } from "../../../contracts/report.ts";
import type { draftReportResponse } from "../../../contracts/steps.ts";
import type { ModelAnswer } from "../language-model/language-model.ts";
import { readAnswer } from "../language-model/read-answer.ts";

/** What a writer may hand in; why there is no draft is the platform's to say. */
export const modelDraft = reportDraft.omit({ unusable: true });

export interface Answer {
  readonly outcome: z.infer<typeof draftReportResponse>["outcome"];
  readonly draft: ReportDraft;
}

/** Reads a model's draft. One that can't be read is kept as the reason. */
export function readDraft(answered: ModelAnswer): Answer {
  const read = readAnswer(modelDraft, answered);
  return "value" in read ? { outcome: "DRAFTED", draft: read.value } : { outcome: read.outcome, draft: { unusable: read.reason, sections: [] } };
}
