import type { ProbeResponse } from "@aws-sdk/client-mediaconvert";
import type { z } from "zod";
import { forecastOf, type PlannedAnalyser } from "../../../contracts/cost.ts";
import { sourceIndexKey } from "../../../contracts/keys.ts";
import { sourceIndex } from "../../../contracts/media.ts";
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
  planned: { readonly analysers: readonly PlannedAnalyser[]; readonly rekognition: boolean };
}

/** State Admit: whether the upload is analysed, and how its analysis rendition is made. */
export const createHandler =
  ({ lake, processedKeyArn, planned }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof admitResponse>> => {
    const { request, probe, probeError, index: indexed, indexError } = parseInput(admitRequest, event);
    const { caseId, runId } = request;
    const index = indexed === null ? undefined : await lake.json(sourceIndexKey(caseId, runId), sourceIndex);
    const verdict = decide({ probe: (probe as ProbeResponse | null)?.ProbeResults?.[0], probeError, index, indexError });
    log("admission decided", { caseId, runId, status: verdict.verdict, reasonCount: verdict.reasons.length });
    const forecast =
      verdict.verdict === "REJECT" || index === undefined ? null : forecastOf(index.video, { normalised: verdict.verdict === "NORMALISE", ...planned });
    const settings =
      verdict.verdict === "REJECT" || index === undefined ? null : analysisSettings(request, index, verdict, { bucket: lake.bucket, keyArn: processedKeyArn });
    return {
      verdict: verdict.verdict,
      reasons: verdict.reasons,
      durationSeconds: verdict.durationSeconds,
      forecastUsd: forecast?.estimateUsd ?? null,
      settings: settings as Record<string, unknown> | null,
    };
  };
