import type { Report } from "../../contracts/report.ts";
import { isWhole, reportCostsTogether } from "../../contracts/report-cost.ts";

/** What the language model of a case's reports cost, in words: the sum, then line by line. Nothing where no model was asked. */
export function reportCostLines(reports: readonly Report[]): string[] {
  const cost = reportCostsTogether(reports);
  if (cost === undefined || cost.breakdown.length === 0) return [];
  return [
    `Report's language model, about, at list prices of ${cost.pricesAsOf}: $${cost.estimateUsd.toFixed(4)}${isWhole(cost) ? "" : ", without what is not priced"}`,
    ...cost.breakdown.map(({ item, usd }) => `  ${item}: ${usd === null ? "not priced" : `$${usd.toFixed(4)}`}`),
  ];
}

/** What of a forecast is the report's. Nothing where no model writes it. */
export function reportForecastLines(report: { isPriced: boolean; forecastUsd: number | null; mostUsd: number | null } | null | undefined): string[] {
  if (report == null || report.forecastUsd === null || report.mostUsd === null) return [];
  const part = report.isPriced ? "" : ", for its guardrail alone: its language model is not priced";
  return [`  of that for the report: $${report.forecastUsd.toFixed(4)}, at most $${report.mostUsd.toFixed(4)}${part}`];
}
