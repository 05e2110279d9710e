import { z } from "zod";
import { type Analysis, analysis as analysisContract } from "../../../contracts/analysis.ts";
import { corrected, uncorrected } from "../../../contracts/corrected-view.ts";
import { analysisKey, measuresKey } from "../../../contracts/keys.ts";
import { type CaseMeasures, type Measures, measures, measuresQuery } from "../../../contracts/measures.ts";
import { caseId } from "../../../contracts/primitives.ts";
import { measureOf } from "../../aggregate/measure-operation/measure.ts";
import { type Corrected, readOperation } from "../../aggregate/measure-operation/read-operation.ts";
import { NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { CorrectionLog } from "../correction-log.ts";
import { summaryOf } from "../summary.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "bytes">;
  /** The case's summary item; undefined if there is none. */
  summary(caseId: string): Promise<unknown>;
  log: Pick<CorrectionLog, "all">;
}

const request = z.object({ caseId, ...measuresQuery.shape });

/**
 * `GET /cases/{caseId}/measures?corrected=`: the clinical measures of the case's newest run, as it was analysed or as people
 * corrected it: then they are made from what stands, when they are asked for.
 */
export const createHandler = ({ lake, summary, log }: Deps) =>
  route(async ({ pathParameters, queryStringParameters }): Promise<CaseMeasures> => {
    const { caseId, corrected: asked } = parseInput(request, { ...pathParameters, ...queryStringParameters });
    const stored = await summary(caseId);
    if (stored === undefined) throw new NotFound(`There is no case ${caseId}.`);
    const { runId, status, severity } = summaryOf(stored);
    if (runId === null || (status !== "COMPLETE" && status !== "PARTIAL")) throw new NotFound(`Case ${caseId} is ${status}: nothing of it has been measured.`);
    const measured = await lake.json(measuresKey(caseId, runId), measures).catch((error: Error) => {
      throw error instanceof NotFound ? new NotFound(`Case ${caseId} was analysed, but not measured.`) : error;
    });
    const asAnalysed = measured.severity === severity ? measured : regraded(measured, severity);
    if (asked === "false") return { ...asAnalysed, correctionsVersion: null };
    const sets = await log.all(caseId, runId);
    const version = sets.at(-1)?.version ?? 0;
    if (version === 0) return { ...asAnalysed, correctionsVersion: 0 };
    const analysis = await lake.json(analysisKey(caseId, runId), analysisContract);
    const view = corrected(
      uncorrected(analysis),
      sets.flatMap(({ corrections }) => corrections),
    );
    return { ...(await measuredAnew(lake, analysis, asAnalysed, { view, version })), correctionsVersion: version };
  });

/** Who was graded since was compared with others than those like it: that comparison says nothing any more. `GET /cohorts` has one of today. */
const regraded = (before: Measures, severity: Measures["severity"]): Measures => ({
  ...before,
  severity,
  measures: before.measures.map((measure) => ({ ...measure, cohort: null })),
});

async function measuredAnew(lake: Deps["lake"], analysis: Analysis, before: Measures, people: Corrected): Promise<Measures> {
  const { measures, ...made } = measureOf(await readOperation(lake, analysis, people));
  return { ...before, schema: "surgical-measures/1.1", ...made, measures: measures.map((measure) => ({ ...measure, cohort: null })) };
}
