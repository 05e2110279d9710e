import type { ConverseCommandOutput } from "@aws-sdk/client-bedrock-runtime";
import type { z } from "zod";
import { type ReportDraft, reportDraft } from "../../../contracts/report.ts";
import type { draftReportResponse } from "../../../contracts/steps.ts";
import { readModelText } from "../model-text.ts";

/** What a writer may hand in; why there is no draft is the platform's to say. */
const modelDraft = reportDraft.omit({ unusable: true });

export interface Answer {
  readonly outcome: z.infer<typeof draftReportResponse>["outcome"];
  readonly draft: ReportDraft;
}

/** Reads a model's draft. One that can't be read is kept as the reason. */
export function readAnswer(answered: Pick<ConverseCommandOutput, "stopReason" | "output">): Answer {
  const read = readModelText(modelDraft, answered);
  return "value" in read ? { outcome: "DRAFTED", draft: read.value } : { outcome: read.outcome, draft: { unusable: read.reason, sections: [] } };
}
