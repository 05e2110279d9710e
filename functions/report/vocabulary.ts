import type { ReportLanguage, SectionId } from "../../contracts/report.ts";
import { type TopicId, topics } from "../../contracts/report-words.ts";

/** Words of reports, in both languages. Labels are the timeline's own in either, so that a sentence can be held against it letter by letter. */
type Words = Readonly<Record<ReportLanguage, string>>;
const words = (en: string, zhTW: string): Words => ({ en, "zh-TW": zhTW });

export const titles: Readonly<Record<"report" | "evidence" | "limits" | "confidence" | SectionId, Words>> = {
  report: words("Operation report", "手術報告"),
  evidence: words("Evidence", "佐證"),
  limits: words("Limits", "限制"),
  confidence: words("confidence", "信心"),
  summary: words("Summary", "摘要"),
  course: words("Course of the operation", "手術經過"),
  instruments: words("Instruments", "器械"),
  view: words("View", "視野"),
  safety: words("Safety", "安全"),
  "for-review": words("For a surgeon to look at", "請外科醫師檢視"),
};

/** What standing sentences say of every report; `publish-report/limits.ts` has those of one report. */
export const limits: readonly Words[] = [
  words(
    "Software wrote this report from what networks found in the video. It is no diagnosis, and nobody may treat a patient by it.",
    "本報告由軟體依網路在影片中所找到的內容寫成，不是診斷，任何人不得據以治療病人。",
  ),
  words(
    "A sentence says what was found, and cites where. What was not found may have happened all the same.",
    "每一句說明找到了什麼，並註明出處。沒有找到的事仍可能發生過。",
  ),
  words("Times count from the first frame of the uploaded video.", "時間從上傳影片的第一個畫面起算。"),
];
export const syntheticLimit = words(
  "The networks learned from drawn operations only: they are for trying the platform, never for care.",
  "這些網路只從繪製的手術學習：僅供試用本平台，絕不可用於醫療。",
);

/** Kinds of findings that the template calls by a name. It calls others by their labels. */
const namedKinds = [
  "bleeding",
  "smoke",
  "fog",
  "blur",
  "reflection",
  "excursion",
  "idle",
  "exchange",
  "bimanual",
  "critical-view",
  "adverse-event-candidate",
] as const satisfies readonly TopicId[];

/** Their names: the first words of the topic of the same name. */
export const kinds: Readonly<Record<string, Words>> = Object.fromEntries(
  namedKinds.map((kind) => {
    const { en, "zh-TW": zhTW } = topics[kind].words;
    return [kind, words(en[0] as string, zhTW[0] as string)];
  }),
);

/** Names of measures, in words that sentences may use: no number, nothing absent. Any other is called by its identifier. */
export const measureNames: Readonly<Record<string, Words>> = {
  "procedure-time": words("Time of the procedure", "手術時間"),
  "phase-duration": words("Duration of the phase", "階段時間"),
  "phase-longest-run": words("Longest run of the phase", "階段最長連續時間"),
  "phase-entry-count": words("Entries into the phase", "進入階段"),
  "transition-count": words("Changes of phase", "階段轉換"),
  "in-body-time": words("Time inside the patient", "體內時間"),
  "out-of-body-time": words("Time outside the patient", "體外時間"),
  "excursion-count": words("Camera excursions", "鏡頭離開"),
  "excursion-time": words("Time of camera excursions", "鏡頭離開時間"),
  "instrument-time": words("Time in sight of the instrument", "器械可見時間"),
  "instrument-share": words("Share in sight of the instrument", "器械可見比例"),
  "lens-cleaning-count": words("Cleanings of the lens", "鏡頭清潔"),
  "lens-cleaning-time": words("Time of cleaning the lens", "鏡頭清潔時間"),
  "bimanual-time": words("Time of bimanual work", "雙手操作時間"),
  "bimanual-share": words("Share of bimanual work", "雙手操作比例"),
  "two-instruments-time": words("Time with instruments side by side", "多件器械可見時間"),
  "two-instruments-share": words("Share with instruments side by side", "多件器械可見比例"),
  "idle-time": words("Idle time", "閒置時間"),
  "idle-count": words("Idle spans", "閒置"),
  "idle-longest": words("Longest idle span", "最長閒置"),
  "exchange-count": words("Instrument exchanges", "器械更換"),
  "exchanges-per-hour": words("Rate of instrument exchanges", "器械更換頻率"),
  "path-length": words("Length of path", "路徑長度"),
  "mean-jerk": words("Mean jerk", "平均急動度"),
  "mean-speed": words("Mean speed", "平均速度"),
  "instrument-phase-share": words("Share of the phase with the instrument in sight", "階段中器械可見比例"),
  "blur-share": words("Share of blur", "模糊比例"),
  "fog-share": words("Share of fog", "起霧比例"),
  "smoke-share": words("Share of smoke", "煙霧比例"),
  "reflection-share": words("Share of reflection", "反光比例"),
  "unusable-view-share": words("Share of unusable view", "視野受阻比例"),
  "bleeding-time": words("Time of bleeding", "出血時間"),
  "bleeding-count": words("Spans of bleeding", "出血"),
  "bleeding-area-share": words("Mean area of bleeding", "出血面積平均比例"),
  "bleeding-area-largest": words("Largest area of bleeding", "出血面積最大比例"),
  "critical-view-rater-spread": words("Spread of raters of the critical view", "安全視野評分者差異"),
  "critical-view-probability": words("Probability of the critical view", "安全視野機率"),
  "critical-view-held": words("Time that the critical view was held", "安全視野維持時間"),
  "critical-view-lead": words("Critical view before the clip", "安全視野早於上夾"),
  "bleeding-control-time": words("Time to control of bleeding", "出血控制時間"),
};

export const nameOfMeasure = (name: string, language: ReportLanguage): string => measureNames[name]?.[language] ?? name;
