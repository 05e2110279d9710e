import type { z } from "zod";
import { reportDraftKey, reportEvidenceKey } from "../../../contracts/keys.ts";
import { reportEvidence } from "../../../contracts/report.ts";
import { writeTemplateRequest, type writeTemplateResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { templateDraft, templateVersion } from "./template.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "putJson">;
}

/** State WriteTemplate: a draft without a language model. It is checked as any other. */
export const createHandler =
  ({ lake }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof writeTemplateResponse>> => {
    const { caseId, runId, language, draft } = parseInput(writeTemplateRequest, event);
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence);
    await lake.putJson(reportDraftKey(caseId, runId, language, draft), templateDraft(evidence, language));
    log("template written", { caseId, runId });
    return { writer: { kind: "template", id: "svp-report-template", version: templateVersion, drafts: draft } };
  };
