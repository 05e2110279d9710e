import type { Measurement, Sample } from "./measurement.ts";

export interface Report {
  readonly machine: readonly (readonly [string, string])[];
  readonly clip: string;
  readonly rounds: number;
  readonly measurements: readonly Measurement[];
  readonly medians: ReadonlyMap<string, Sample>;
  /** Rows of each measurement, by its id. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

const header = ["what", "CPU s", "CPU x", "wall s", "wall x", "peak MiB"];

/** The table of one measurement as cells: its medians, and multiples of its baseline. */
export function cells({ medians, rows }: Pick<Report, "medians" | "rows">, { id, baseline }: Pick<Measurement, "id" | "baseline">): string[][] {
  const base = medians.get(baseline);
  const times = (value: number | null, of: number | null | undefined): string => (value === null || !of ? "" : (value / of).toFixed(2));
  return (rows.get(id) ?? []).map((row) => {
    const { cpuSeconds, wallSeconds, peakMemoryBytes } = medians.get(row) as Sample;
    return [
      row,
      cpuSeconds?.toFixed(2) ?? "",
      times(cpuSeconds, base?.cpuSeconds),
      wallSeconds.toFixed(2),
      times(wallSeconds, base?.wallSeconds),
      peakMemoryBytes === null ? "" : (peakMemoryBytes / 2 ** 20).toFixed(0),
    ];
  });
}

/** The tables for a terminal. */
export function plainTables(report: Report): string {
  return report.measurements.map((measurement) => `${measurement.title}\n${align([header, ...cells(report, measurement)], "  ")}\n`).join("\n");
}

/** The whole document, Markdown. */
export function markdown(report: Report): string {
  const sections = report.measurements.map((measurement) => {
    const [head, ...body] = align([header, ...cells(report, measurement)], " | ").split("\n");
    const rule = header.map((_, i) => (i === 0 ? "---" : "---:")).join(" | ");
    const table = [head, rule, ...body].map((line) => `| ${line} |`).join("\n");
    const notes = measurement.conclude?.(report.medians) ?? [];
    return [`## ${measurement.title}`, measurement.explanation, table, notes.join(" ")].filter(Boolean).join("\n\n");
  });
  const machine = report.machine.map(([name, value]) => `- ${name}: ${value}`).join("\n");
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Medians of ${report.rounds} interleaved rounds. Processor seconds come first: they change
less with what else a machine does than the time on the wall. Multiples ("x") are within this one run. Peak memory is the
largest sum of the resident sets of all processes, looked at every 0.1 s.

${machine}
- clip: ${report.clip}

${sections.join("\n\n")}
`;
}

/** Cells in columns: the first to the left, the figures to the right. */
function align(lines: readonly (readonly string[])[], gap: string): string {
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] as string).length)));
  return lines.map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join(gap)).join("\n");
}
