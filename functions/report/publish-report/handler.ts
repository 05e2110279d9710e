import type { z } from "zod";
import { checkedDraftKey, reportEvidenceKey, reportKey, reportPageKey } from "../../../contracts/keys.ts";
import { checkedDraft, type Report, reportEvidence, report as reportSchema } from "../../../contracts/report.ts";
import { isWhole, reportCostOf } from "../../../contracts/report-cost.ts";
import { publishReportRequest, type publishReportResponse } from "../../../contracts/steps.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import { titles } from "../vocabulary.ts";
import { limitsOf } from "./limits.ts";
import { pageOf } from "./page.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "putJson" | "put" | "uri">;
}

/** State PublishReport: the sentences that stand, as a document and as a page. Throws BrokenContract if none does. */
export const createHandler =
  ({ lake }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof publishReportResponse>> => {
    const { caseId, runId, language, draft: number, writtenAt } = parseInput(publishReportRequest, event);
    const evidence = await lake.json(reportEvidenceKey(caseId, runId), reportEvidence);
    const { writer, draft, refused, uses } = await lake.json(checkedDraftKey(caseId, runId, language, number), checkedDraft);
    let count = 0;
    const sections = draft.sections
      .filter(({ sentences }) => sentences.length > 0)
      .map(({ id, sentences }) => ({ id, title: titles[id][language], sentences: sentences.map((sentence) => ({ id: `sentence-${++count}`, ...sentence })) }));
    if (count === 0) throw new BrokenContract("No sentence of the report stood the check: there is nothing to publish.");
    const cost = reportCostOf(uses);
    const report: Report = parseStored(
      reportSchema,
      {
        ...{ schema: "surgical-report/1.1", caseId, runId, language, createdAt: writtenAt, writer, cost },
        evidence: { analysisSha256: evidence.analysisSha256, measuresSha256: evidence.measuresSha256 },
        sections,
        limits: limitsOf(evidence, language),
        refused,
      },
      "The report",
    );
    await lake.put(reportPageKey(caseId, runId, language), pageOf(report, evidence), "text/html; charset=utf-8");
    await lake.putJson(reportKey(caseId, runId, language), report);
    log("report published", { caseId, runId, sentenceCount: count, refusedCount: refused.length });
    return {
      reportUri: lake.uri(reportKey(caseId, runId, language)),
      pageUri: lake.uri(reportPageKey(caseId, runId, language)),
      sentenceCount: count,
      refusedCount: refused.length,
      ...{ costUsd: cost.estimateUsd, isPriced: isWhole(cost) },
    };
  };
