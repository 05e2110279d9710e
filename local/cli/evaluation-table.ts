import type { Evaluation } from "../../contracts/evaluation.ts";
import { definitionOf } from "../../models/metrics/definitions.ts";

/** An evaluation as people read it: a line a metric, with its interval where there are several operations. */
export function evaluationTable({ operations, producers, summary }: Evaluation): string {
  const rows = Object.entries(summary).map(([id, { mean, low, high, operations: count }]) => {
    const { unit, better } = definitionOf(id);
    const range = low === null || high === null ? "" : `${figure(low)} to ${figure(high)}`;
    return [id, figure(mean), range, unit, better, String(count)];
  });
  const head = ["metric", "mean", "95 % interval", "unit", "better", "operations"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join("  ")
      .trimEnd();
  const untold = [...new Set(operations.flatMap(({ values }) => Object.keys(values)))].filter((id) => !(id in summary));
  return [
    line(head),
    ...rows.map(line),
    "",
    ...(untold.length > 0 ? [`Without a value in any operation: ${untold.join(", ")}.`] : []),
    ...(producers.some(({ syntheticOnly }) => syntheticOnly)
      ? ["Networks that were trained on drawings had a part: these figures say nothing about real operations."]
      : []),
    "",
  ].join("\n");
}

const figure = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3));
