import type { ReportShare } from "../../contracts/case.ts";
import type { Text } from "../text/en.ts";

/** What a report's language model is thought to cost and did, in sentences; and that it has no price, where it has none. */
export const reportCostIn = ({ review }: Pick<Text, "review">, { forecastUsd, mostUsd, costUsd, isPriced }: ReportShare): string[] => [
  ...(forecastUsd === null || mostUsd === null ? [] : [review.reportForecast(forecastUsd, mostUsd)]),
  costUsd === null ? review.reportWaits : review.reportCost(costUsd),
  ...(isPriced ? [] : [review.reportUnpriced]),
];
