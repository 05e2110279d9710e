import type { Analysis } from "../../contracts/analysis.ts";
import type { Report } from "../../contracts/report.ts";
import type { CaseItem, RunExecution } from "./client.ts";
import { reportCostLines, reportForecastLines } from "./report-cost.ts";

/** All that `cases show` tells. */
export interface CaseFacts {
  readonly case: CaseItem;
  /** Null if no run has begun, or Step Functions has forgotten it (after 90 days). */
  readonly execution: RunExecution | null;
  /** States that the run entered, in order. */
  readonly states: readonly string[];
  readonly analysis: Analysis | null;
  /** Its reports, one a language; none where they are not written yet. */
  readonly reports: readonly Report[];
  /** `s3://` locations of its documents. */
  readonly documents: readonly string[];
}

/** Age in the largest unit that gives a whole number of at least 1. */
export function age(since: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  for (const [unit, length] of [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
  ] as const)
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  return `${seconds} s`;
}

/** What a case cost, or is thought to cost. */
const costOf = ({ costUsd, forecastUsd }: CaseItem): string =>
  costUsd != null ? `$${costUsd.toFixed(4)}` : forecastUsd != null ? `forecast $${forecastUsd.toFixed(4)}` : "-";

/** One line a case, newest first. */
export function caseList(cases: readonly CaseItem[], now: Date): string {
  if (cases.length === 0) return "There is no case.\n";
  const rows = cases.map((item) => [item.caseId, item.status.toLowerCase(), age(item.createdAt, now), costOf(item), item.fileName]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}\n`).join("");
}

/** One case in words. */
export function caseInWords({ case: item, execution, states, analysis, reports, documents }: CaseFacts): string {
  const lines = [`Case ${item.caseId} (${item.fileName})`, `Status: ${item.status.toLowerCase()}, since its upload at ${item.createdAt}`];
  if (execution) {
    const times = execution.redriveCount === 0 ? "" : `, redriven ${execution.redriveCount === 1 ? "once" : `${execution.redriveCount} times`}`;
    lines.push(`Run ${item.runId}: ${execution.status.toLowerCase()}${times}, ${execution.startedAt} to ${execution.endedAt ?? "now"}`);
    // A run that was stopped or ran out of time could not mark its case.
    if (item.status === "RUNNING" && execution.status !== "RUNNING") lines.push("The case says running, but its run has ended: redrive it.");
    if (execution.redrivable) lines.push(`It can be redriven: npm run cases -- redrive ${item.caseId}`);
  }
  if (item.reasons.length > 0) lines.push("Reasons:", ...item.reasons.map((reason) => `  ${reason}`));
  if (states.length > 0) lines.push(`States entered: ${states.join(", ")}`);
  if (!analysis && item.forecastUsd != null) lines.push(`Cost on AWS, forecast: $${item.forecastUsd.toFixed(4)}`, ...reportForecastLines(item.report));
  if (analysis) {
    lines.push("Branches:");
    for (const { analyser, status, share, error } of analysis.coverage)
      lines.push(`  ${analyser}: ${status.toLowerCase()}, ${Math.round(share * 100)} % of what was wanted${error === null ? "" : `. ${error}`}`);
    lines.push(
      `Cost on AWS, about, at list prices of ${analysis.cost.pricesAsOf}: $${analysis.cost.estimateUsd.toFixed(4)}, forecast $${analysis.cost.forecastUsd.toFixed(4)}`,
    );
    for (const { item: what, usd } of analysis.cost.breakdown) lines.push(`  ${what}: $${usd.toFixed(4)}`);
    lines.push(...reportCostLines(reports));
    if (item.report != null && item.costUsd != null && item.forecastUsd != null)
      lines.push(`Both together: $${item.costUsd.toFixed(4)}, forecast $${item.forecastUsd.toFixed(4)}`, ...reportForecastLines(item.report));
  }
  if (documents.length > 0) lines.push("Documents:", ...documents.map((uri) => `  ${uri}`));
  return `${lines.join("\n")}\n`;
}
