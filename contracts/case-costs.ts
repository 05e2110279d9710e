import { z } from "zod";
import { type CaseSummary, caseStatus } from "./case.ts";
import { json } from "./json.ts";
import { roundedUsd } from "./prices.ts";
import { runId } from "./primitives.ts";
import { reportForecast } from "./report-cost.ts";

const usd = z.number().nonnegative();

/** What was forecast of a run when it was admitted, beside the sum: attribute `forecastDetail` of a case's summary item, as JSON. */
export const forecastDetail = z.object({
  runId,
  /** What each step costs that does its work (`stepsUsd` in `contracts/cost.ts`). */
  stepsUsd: z.record(z.string(), usd),
  /** Null where no language model writes reports. */
  report: reportForecast.nullable(),
});

/** What a case's summary item holds of costs; items of older versions have the sums alone. */
export const storedCosts = z.object({
  runId: runId.nullable().default(null),
  status: caseStatus,
  /** Of the analysis, without the report. */
  forecastUsd: usd.nullable().default(null),
  costUsd: usd.nullable().default(null),
  forecastDetail: json.pipe(forecastDetail).nullable().default(null),
  /** Of the report, for the run that it was written of. */
  reportCost: z.object({ runId, usd, isPriced: z.boolean() }).nullable().default(null),
});

/**
 * What a case's newest run was thought to cost and cost, the analysis and its report together. What an earlier run cost says nothing while
 * another is under way, nor does an earlier run's report.
 */
export function caseCosts(stored: z.infer<typeof storedCosts>): Pick<CaseSummary, "forecastUsd" | "costUsd" | "report"> {
  const detail = stored.forecastDetail;
  const isOwn = detail?.runId === stored.runId;
  const forecast = isOwn ? (detail?.report ?? null) : null;
  const written = stored.reportCost?.runId === stored.runId ? stored.reportCost : null;
  const isUnderWay = stored.status === "RUNNING" || stored.status === "UPLOADING";
  return {
    forecastUsd: stored.forecastUsd === null || (detail !== null && !isOwn) ? null : roundedUsd(stored.forecastUsd + (forecast?.forecastUsd ?? 0)),
    costUsd: stored.costUsd === null || isUnderWay ? null : roundedUsd(stored.costUsd + (written?.usd ?? 0)),
    report:
      forecast === null && written === null
        ? null
        : {
            isPriced: (written ?? forecast)?.isPriced ?? false,
            forecastUsd: forecast?.forecastUsd ?? null,
            mostUsd: forecast?.mostUsd ?? null,
            costUsd: written?.usd ?? null,
          },
  };
}
