import type { Analysis } from "../../contracts/analysis.ts";
import type { FrameIndex } from "../../contracts/frame-table.ts";
import { definitions, type MeasureName } from "../../contracts/measure-definitions.ts";
import type { Measure, Measures } from "../../contracts/measures.ts";
import { clock } from "../../contracts/presentation.ts";
import type { Report } from "../../contracts/report.ts";
import type { Grant } from "../services/iam/iam.ts";
import { reportCostLines } from "./report-cost.ts";

const percent = (share: number): string => `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;
const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** What is said of the times of a converted video's frames. */
const timings = { stored: "", derived: "; the file holds no time for each frame: times follow from its frame rate" } as const;

/** An analysis in words a person can read in a minute. */
export function report(analysis: Analysis, frames: FrameIndex, measures?: Measures, reports: readonly Report[] = []): string {
  const { source, raster } = analysis.media;
  const seconds = (source.durationTicks * source.timebase.num) / source.timebase.den;
  const span = ({ startFrame, endFrame }: { startFrame: number; endFrame: number }): string =>
    `${clock(frames.secondsOf(startFrame))} – ${clock(frames.secondsOf(endFrame))}`;
  const rate = (source.frameRate.num / source.frameRate.den).toFixed(3).replace(/\.?0+$/, "");
  const picture = `${source.codec} ${source.width}x${source.height}, ${counted(source.frameCount, "frame")}, ${rate} fps${source.variableFrameRate ? " most of the time" : ""}`;
  const lines = [
    `${analysis.status === "COMPLETE" ? "Analysed" : "Analysed in part"}: ${clock(seconds)} of ${picture} (${source.container})`,
    ...(source.conversion ? [`Converted to be read${timings[source.conversion.timing]}.`] : []),
    "",
    analysis.gate.outOfBody.length === 0
      ? "Out of body: nothing"
      : `Out of body: ${analysis.gate.outOfBody.map(span).join(", ")} (excluded from every analysis, covered in the review video)`,
  ];
  const { missedEstimate } = analysis.gate;
  if (missedEstimate) lines.push(`Missed outside, an hour of video: ${missedEstimate.secondsPerHour} s (${missedEstimate.basis})`);
  const shots = analysis.segments.filter(({ level }) => level === "shot");
  if (shots.length > 0) lines.push(`Shots: ${shots.length}`);
  const phases = analysis.segments.filter(({ level }) => level === "phase");
  if (phases.length > 0) {
    lines.push("", "Phases:");
    for (const phase of phases) lines.push(`  ${span(phase)}  ${phase.label}`);
  }
  const events = Map.groupBy(analysis.events, ({ label }) => label);
  if (events.size > 0) {
    lines.push("", "Found:");
    const width = Math.max(...[...events.keys()].map((label) => label.length));
    for (const [label, spans] of events) {
      const shown = spans.slice(0, 4).map(span).join(", ");
      lines.push(`  ${label.padEnd(width)}  ${shown}${spans.length > 4 ? ` and ${spans.length - 4} more` : ""}`);
    }
  }
  for (const { producer, frameCount, boxCount, labels } of analysis.detections) {
    const found = `${counted(boxCount, "box", "boxes")} of ${counted(labels.length, "class", "classes")} in ${counted(frameCount, "frame")} looked at`;
    lines.push("", `${found} (${producer}, pixels of ${raster.width}x${raster.height})`);
  }
  if (analysis.tracks) lines.push(`${counted(analysis.tracks.trackCount, "track")} of instruments while they stayed in sight`);
  if (measures) lines.push(...measured(measures));
  lines.push("", "Coverage:");
  for (const { analyser, status, share, required, error } of analysis.coverage)
    lines.push(`  ${analyser}: ${status.toLowerCase()}, ${percent(share)}${required ? "" : ", not required"}${error ? ` – ${error}` : ""}`);
  lines.push(
    "",
    `On AWS this would cost about $${analysis.cost.estimateUsd.toFixed(3)} at list prices of ${analysis.cost.pricesAsOf}; the forecast was $${analysis.cost.forecastUsd.toFixed(3)}.`,
    ...reportCostLines(reports),
  );
  if (analysis.producers.some(({ syntheticOnly }) => syntheticOnly))
    lines.push("The models were trained on drawn operations only: for trying the platform, never for care.");
  return `${lines.join("\n")}\n`;
}

/** The measures that could be told, but for those of single phases and instruments: `measures.json` has them all. */
function measured({ measures }: Measures): string[] {
  const rows = measures.flatMap((measure) =>
    measure.value === null || measure.of !== null ? [] : [[definitions[measure.name as MeasureName].title.en, amount(measure)]],
  );
  const width = Math.max(...rows.map(([title = ""]) => title.length));
  return ["", "Measures:", ...rows.map(([title = "", value]) => `  ${title.padEnd(width)}  ${value}`)];
}

function amount({ unit, value, cohort }: Measure): string {
  const number = value as number;
  const words = {
    seconds: () => clock(number),
    count: () => String(number),
    "count-per-hour": () => `${number.toFixed(1)} an hour`,
    share: () => percent(number),
    probability: () => percent(number),
    diagonals: () => `${number.toFixed(2)} picture diagonals`,
    "diagonals-per-second": () => `${number.toFixed(2)} picture diagonals a second`,
    "diagonals-per-second-cubed": () => `${number.toFixed(2)} picture diagonals per second cubed`,
  }[unit]();
  return cohort ? `${words} (more than ${percent(cohort.percentile)} of ${cohort.n} like it)` : words;
}

/** Grants that a run never used, by role: each is either for another path than the run's, or too much. */
export function unusedGrants(unused: readonly Grant[]): string {
  const roles = [...Map.groupBy(unused, ({ role }) => role)].map(
    ([role, grants]) => `  ${role.replace(/^.*:role\//, "")}\n${grants.map(({ statement, action }) => `    ${action} (${statement})`).join("\n")}`,
  );
  return `\nGranted and not used by this run:\n${roles.join("\n")}\n`;
}
