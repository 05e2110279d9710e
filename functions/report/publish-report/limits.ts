import type { ReportEvidence, ReportLanguage } from "../../../contracts/report.ts";
import { limits, nameOfMeasure, syntheticLimit } from "../vocabulary.ts";

/** Sentences about what a report does not hold, each with a list or a number. */
const sentences = {
  en: {
    incomplete: (those: string) => `The analysis is incomplete. What these would have found elsewhere is missing here: ${those}.`,
    lookedAt: (analyser: string, percent: string) => `${analyser} (looked at ${percent}% of the frames)`,
    unmeasured: "The operation could not be measured: there are no measures here.",
    untold: (names: string) => `These measures could not be told: ${names}.`,
    leftOut: (count: number) => `${count} findings or measures of the timeline, the shortest of each kind, are not in this report.`,
    uncalibrated: (those: string) => `The confidence of these networks is not calibrated: higher is surer, and no more. ${those}.`,
    separator: ", ",
  },
  "zh-TW": {
    incomplete: (those: string) => `分析不完整。下列分析器在其餘畫面可能找到的內容不在本報告中：${those}。`,
    lookedAt: (analyser: string, percent: string) => `${analyser}（看了 ${percent}% 的畫面）`,
    unmeasured: "本手術無法量測：報告中沒有任何指標。",
    untold: (names: string) => `下列指標無法得知：${names}。`,
    leftOut: (count: number) => `時間軸上有 ${count} 項發現或指標（各類中最短者）未列入本報告。`,
    uncalibrated: (those: string) => `下列網路的信心未經校準：數值較高只表示較有把握。${those}。`,
    separator: "、",
  },
} as const;

/** Less than the whole, never rounded up to it. */
const percentOf = (share: number): string => String(Math.floor(share * 1000) / 10);

/** What the reader must know of a report's limits: of every report, and of this one. */
export function limitsOf(
  { items, measuresSha256, syntheticOnly, leftOut, untold = [], uncalibrated = [] }: ReportEvidence,
  language: ReportLanguage,
): string[] {
  const said = sentences[language];
  const missing = items.flatMap(({ kind, label, value }) =>
    kind === "coverage" && value !== null && value < 1 ? said.lookedAt(label ?? "", percentOf(value)) : [],
  );
  const names = untold.map((name) => nameOfMeasure(name, language));
  return [
    ...limits.map((limit) => limit[language]),
    ...(syntheticOnly ? [syntheticLimit[language]] : []),
    ...(missing.length > 0 ? [said.incomplete(missing.join(said.separator))] : []),
    ...(measuresSha256 === null ? [said.unmeasured] : []),
    ...(names.length > 0 ? [said.untold(names.join(said.separator))] : []),
    ...(leftOut > 0 ? [said.leftOut(leftOut)] : []),
    ...(uncalibrated.length > 0 ? [said.uncalibrated(uncalibrated.join(said.separator))] : []),
  ];
}
