import type { z } from "zod";
import { type Analysis, analysis as analysisContract } from "../../../contracts/analysis.ts";
import type { CaseSummary } from "../../../contracts/case.ts";
import { analysisKey, measuresKey } from "../../../contracts/keys.ts";
import { definitions, type MeasureName } from "../../../contracts/measure-definitions.ts";
import { type Measures, measures as measuresContract } from "../../../contracts/measures.ts";
import { measureOperationRequest, type measureOperationResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import { placeAmong, valuesOf } from "./cohort.ts";
import { measureOf } from "./measure.ts";
import { readOperation } from "./read-operation.ts";

/** Operations that are compared with one another: of one procedure, and of one grade of difficulty where somebody graded it. */
export type Stratum = Pick<Measures, "severity"> & { readonly procedure: NonNullable<Measures["procedure"]> };
export type Values = Readonly<Record<string, number>>;

export interface Deps {
  lake: Pick<Lake, "json" | "bytes" | "putJson" | "uri">;
  /** What the case table says of a case. */
  facts(caseId: string): Promise<Pick<CaseSummary, "runId" | "procedure" | "severity">>;
  /** The values of the other cases of a stratum. */
  cohort(stratum: Stratum, exceptCaseId?: string): Promise<Values[]>;
  /** Keeps a case's values for comparing others with them: once or many times, with the same effect. */
  remember(analysis: Pick<Analysis, "caseId" | "runId" | "createdAt">, stratum: Stratum, values: Values): Promise<void>;
}

/** State MeasureOperation: what the merged timeline means clinically, as `measures.json`. */
export const createHandler =
  ({ lake, facts, cohort, remember }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof measureOperationResponse>> => {
    const { caseId, runId } = parseInput(measureOperationRequest, event);
    const analysis = await lake.json(analysisKey(caseId, runId), analysisContract);
    const { producers, definitions: meanings, measures, findings } = measureOf(await readOperation(lake, analysis));

    const { runId: newest, procedure, severity } = await facts(caseId);
    const stratum = procedure === null ? undefined : { procedure, severity };
    const others = stratum ? await cohort(stratum, caseId) : [];
    const compared = measures.map((measure) => {
      const values = others.flatMap((other) => other[measure.id] ?? []);
      const place = measure.value === null ? null : placeAmong(measure.value, values, definitions[measure.name as MeasureName].unit === "seconds");
      return { ...measure, cohort: stratum && place ? { ...place, ...stratum } : null };
    });
    const document = {
      schema: "surgical-measures/1.1",
      caseId,
      runId,
      contentSha256: analysis.provenance.contentSha256,
      procedure,
      severity,
      producers,
      definitions: meanings,
      measures: compared,
      findings,
    };
    await lake.putJson(measuresKey(caseId, runId), parseStored(measuresContract, document, "The measures"));
    // An older run says nothing of a case that was analysed anew since, and half an analysis nothing that others could be compared with.
    if (stratum && newest === runId && analysis.status === "COMPLETE") await remember(analysis, stratum, valuesOf(measures));
    const counts = { measureCount: measures.length, findingCount: findings.length };
    log("operation measured", { caseId, runId, ...counts });
    return { measuresUri: lake.uri(measuresKey(caseId, runId)), ...counts };
  };
