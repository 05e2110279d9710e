import type { DriftFeature, DriftReport } from "../../contracts/drift.ts";
import type { QualityReport } from "../../contracts/quality.ts";

/** Columns of a bar. */
const barWidth = 24;

/** What is known of a network in use, as people read it: verdicts, every comparison, and a picture of what is distributed otherwise than it was. */
export function driftText(drift: DriftReport | undefined, quality: QualityReport | undefined): string {
  const of = drift ?? quality;
  if (!of) return "";
  return [
    `${of.model} ${of.version} (${of.digest.slice(0, 12)})`,
    ...(drift ? driftLines(drift) : ["  drift: not measured yet"]),
    ...(quality ? [`  quality: ${quality.verdict}. ${quality.summary}`] : ["  quality: nobody corrected a case of it yet"]),
    "",
  ].join("\n");
}

function driftLines({ verdict, summary, measuredAt, features }: DriftReport): string[] {
  const rows = features.map(({ feature, test, value, p, level }) => [
    feature,
    test === "psi" ? "PSI" : "KS",
    value.toFixed(3),
    p < 0.001 ? "< 0.001" : p.toFixed(3),
    level,
  ]);
  const table = features.length === 0 ? [] : aligned([["what", "test", "value", "p", "level"], ...rows]).map((line) => `    ${line}`);
  const pictures = features
    .filter((feature) => feature.test === "psi" && feature.level !== "none")
    .flatMap((feature) => picture(feature).map((line) => `    ${line}`));
  return [`  drift: ${verdict}, measured ${measuredAt}. ${summary}`, ...table, ...pictures];
}

/** Each bin twice: at first, and now. */
function picture(feature: DriftFeature): string[] {
  if (feature.test !== "psi") return [];
  const bar = (share: number): string => `${"#".repeat(Math.round(share * barWidth)).padEnd(barWidth)} ${(100 * share).toFixed(1)} %`;
  const rows = feature.bins.flatMap((bin, i) => [
    [bin, "at first", bar(feature.baseline[i] as number)],
    ["", "now", bar(feature.window[i] as number)],
  ]);
  return ["", `${feature.feature}:`, ...aligned(rows)];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join("  ")
      .trimEnd(),
  );
}
