import type { ProbeResponse } from "@aws-sdk/client-mediaconvert";
import type { z } from "zod";
import { forecastOf, type PlannedWork, stepsUsd } from "../../../contracts/cost.ts";
import { sourceIndexKey } from "../../../contracts/keys.ts";
import { sourceIndex } from "../../../contracts/media.ts";
import { reportForecastOf } from "../../../contracts/report-cost.ts";
import { admitRequest, type admitResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { analysisSettings } from "./analysis-settings.ts";
import { decide } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "bucket">;
  /** Key that encrypts the processed bucket. */
  processedKeyArn: string;
  /** What will run over an admitted video, for the forecast of its cost. */
  planned: PlannedWork;
}

/** States Admit and AdmitCopy: whether the upload is analysed, and how its analysis rendition is made. */
export const createHandler =
  ({ lake, processedKeyArn, planned }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof admitResponse>> => {
    const { request, probe, probeError, index: indexed, indexError } = parseInput(admitRequest, event);
    const { caseId, runId } = request;
    const unindexed = indexed !== null && "unindexed" in indexed ? indexed.unindexed : null;
    const index = indexed === null || unindexed !== null ? undefined : await lake.json(sourceIndexKey(caseId, runId), sourceIndex);
    const probed = (probe as ProbeResponse | null)?.ProbeResults?.[0];
    const verdict = decide({ probe: probed, probeError, index, indexError, unindexed });
    log("admission decided", { caseId, runId, status: verdict.verdict, reasonCount: verdict.reasons.length });
    const admitted = verdict.verdict === "PASSTHROUGH" || verdict.verdict === "NORMALISE" ? index : undefined;
    const { scanned, report, ...work } = planned;
    const plan = {
      ...{ ...work, normalised: verdict.verdict === "NORMALISE", conversionSeconds: admitted?.converted?.wallSeconds },
      scannedBytes: scanned ? request.source.bytes : undefined,
    };
    const forecast = admitted && forecastOf(admitted.video, plan);
    const settings = admitted && analysisSettings(request, admitted, verdict, { bucket: lake.bucket, keyArn: processedKeyArn });
    return {
      verdict: verdict.verdict,
      reasons: verdict.reasons,
      durationSeconds: verdict.durationSeconds,
      startTimecode: probed?.Container?.StartTimecode ?? null,
      forecastUsd: forecast?.estimateUsd ?? null,
      stepsUsd: admitted ? stepsUsd(admitted.video, plan) : {},
      report: admitted && report ? reportForecastOf(report) : null,
      settings: (settings as Record<string, unknown> | undefined) ?? null,
    };
  };
