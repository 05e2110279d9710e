import { analysisKey, frameTableKey, measuresKey, reportKey } from "../../../contracts/keys.ts";
import type { ReportLanguage } from "../../../contracts/report.ts";
import { createHandler as check } from "../../../functions/report/check-grounding/handler.ts";
import { createHandler as gather } from "../../../functions/report/gather-evidence/handler.ts";
import { createHandler as publish } from "../../../functions/report/publish-report/handler.ts";
import { createHandler as write } from "../../../functions/report/write-template/handler.ts";
import type { Documents } from "../../../local/report-check/check.ts";
import { caseId, runId } from "./ids.ts";
import type { MemoryLake } from "./memory-lake.ts";
import { drawnFrames, drawnOperation } from "./operation.ts";

/** What an independent reader of a report is given, from a lake. */
export async function documentsOf(lake: MemoryLake): Promise<Documents> {
  const content = async (key: string) => Buffer.from(await lake.text(key));
  return {
    analysis: await content(analysisKey(caseId, runId)),
    measures: lake.objects.has(measuresKey(caseId, runId)) ? await content(measuresKey(caseId, runId)) : null,
    frameTable: await content(frameTableKey(caseId, runId)),
  };
}

/** The drawn operation, and its report as the template writes it. */
export async function writtenOperation(language: ReportLanguage): Promise<{ report: Buffer; documents: Documents }> {
  const { lake } = await drawnOperation();
  await lake.putJson(frameTableKey(caseId, runId), drawnFrames);
  const run = { caseId, runId };
  await gather({ lake })(run);
  const { writer } = await write({ lake })({ ...run, language, draft: 1 });
  await check({ lake })({ ...run, language, draft: 1, writer });
  await publish({ lake })({ ...run, language, draft: 1, writtenAt: "2026-11-26T10:00:00.000Z" });
  return { report: Buffer.from(await lake.text(reportKey(caseId, runId, language))), documents: await documentsOf(lake) };
}
