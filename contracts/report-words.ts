import type { ReportLanguage } from "./report.ts";

/*
 * The closed vocabulary of reports: beside labels, names of measures and numbers, a sentence may use these words and no other. So
 * it can't speak of what no network tells: anatomy, injuries, persons, judgements, reasons. All are lower case; of several words,
 * one space apart.
 */

type Phrases = Readonly<Record<ReportLanguage, readonly string[]>>;

const split = (text: string): string[] => text.trim().split(/\s+/);

/** Words that say nothing by themselves. None compares, counts, or places one thing by another: "before", "all", "only", "until the end". */
export const plainWords: Phrases = {
  en: [
    ...split("a an the this that these those it its there which also and of from to until in into on at for by with as during"),
    ...split("is are was were be been being has have had did"),
    ...split("began begins started starts ended ends ran runs lasted lasts took takes came comes appeared appears disappeared disappears occurred occurs"),
    ...split("found seen shown shows recorded records detected noted measured counted recognised recognized visible present"),
    ...split("time length duration value values count number span spans sight view camera picture pictures network networks analysis software timeline"),
    ...["in the video", "during the video", "in the operation", "during the operation", "in the procedure", "during the procedure"],
  ],
  "zh-TW": [
    ...split("的 了 在 於 為 是 有 從 自 由 到 至 起 止 和 與 及 以及 並 且 也 此 該 這 其 中 裡"),
    ...split("開始 結束 出現 消失 持續 進行 發生 可見 見到 看到 看見 發現 找到 偵測到 辨識出 記錄到 測得 顯示 存在 位於"),
    ...split("時間 時長 歷時 為時 長度 期間 數值 次數 佔 占 畫面 視野 鏡頭 網路 分析 軟體 時間軸 影片中 手術中 手術過程中"),
  ],
};

/** Words that make a time the start of something or its end: some stand before it only, others before or after. */
export const startWords = {
  before: new Set(split("from 從 自 由")),
  either: new Set(split("began begins started starts came comes appeared appears 起 開始 出現")),
};
export const endWords = { before: new Set(split("to until - – — 到 至")), either: new Set(split("ended ends disappeared disappears 止 結束 消失")) };

/** Words at which another statement may begin, with names and numbers of its own. */
export const joiningWords: ReadonlySet<string> = new Set(split("and which 和 與 及 以及 並 且 也"));

/** What says that something is not there. */
export const absenceWords: Phrases = {
  en: [...split("no not none never without nothing neither nor absent"), ...["free of", "wasn't", "weren't", "isn't", "aren't", "didn't"]],
  "zh-TW": split("沒有 並無 並未 未 無 未見 未發現 未出現 未偵測到"),
};

/** What says that a surgeon has yet to look. */
export const reviewWords: Phrases = {
  en: [
    ...["please look at", "please review", "needs review", "need review", "needs a surgeon's review", "awaits review", "for review"],
    ...["for a surgeon to look at", "for a surgeon to review", "to be reviewed", "to be looked at"],
  ],
  "zh-TW": split("請檢視 請外科醫師檢視 待檢視 有待檢視 需檢視 需要檢視 需外科醫師檢視 需要外科醫師檢視 待外科醫師檢視"),
};

/** Words that belong to some items only. */
export interface Topic {
  readonly words: Phrases;
  /** Types of the items that they may be said of. */
  readonly of: RegExp;
}

const topic = (of: RegExp, en: readonly string[], zhTW: readonly string[]): Topic => ({ of, words: { en, "zh-TW": zhTW } });

export const topics = {
  bleeding: topic(/^bleeding/, ["bleeding", "bleedings"], ["出血"]),
  smoke: topic(/^smoke/, ["smoke"], ["煙霧"]),
  fog: topic(/^fog|^lens-fog|^stained-lens/, ["fog"], ["起霧"]),
  blur: topic(/^blur/, ["blur"], ["模糊"]),
  reflection: topic(/^reflection/, ["reflection", "reflections"], ["反光"]),
  excursion: topic(/^excursion/, ["excursion", "excursions"], ["鏡頭離開"]),
  idle: topic(/^idle/, ["idle"], ["閒置"]),
  exchange: topic(/^exchange/, ["exchange", "exchanges", "exchanged"], ["器械更換"]),
  bimanual: topic(/^bimanual/, ["bimanual"], ["雙手操作"]),
  "critical-view": topic(/^critical-view/, ["critical view"], ["安全視野"]),
  "adverse-event-candidate": topic(/^adverse-event/, ["adverse event", "adverse events"], ["不良事件"]),
  outside: topic(/^(out-of-body|excursion)/, ["outside", "outside the patient", "outside view"], ["體外", "體外畫面"]),
  inside: topic(/^in-body/, ["inside", "inside the patient"], ["體內"]),
  video: topic(/^video$/, ["video", "the whole video", "recording"], ["影片", "整段影片"]),
  procedure: topic(/^(procedure-time|video)/, ["procedure", "operation"], ["手術"]),
  phase: topic(/phase|^transition/, ["phase", "phases"], ["階段"]),
  step: topic(/^step/, ["step", "steps"], ["步驟"]),
  task: topic(/^task/, ["task", "tasks"], ["任務"]),
  action: topic(/^action/, ["action", "actions"], ["動作"]),
  shot: topic(/^shot/, ["shot", "shots"], ["鏡頭段落"]),
  structure: topic(/^structure/, ["structure", "structures"], ["構造"]),
  instrument: topic(/^(instrument|exchange|idle|two-instruments|bimanual|path|mean-speed|mean-jerk)/, ["instrument", "instruments"], ["器械"]),
  several: topic(/^two-instruments/, ["side by side"], ["多件"]),
  entry: topic(/^phase-entry/, ["entry", "entries", "entered"], ["進入"]),
  transition: topic(/^transition/, ["change", "changes", "transition", "transitions"], ["轉換"]),
  longest: topic(/longest/, ["longest", "longest run"], ["最長", "最長連續"]),
  share: topic(/share|probability|coverage/, ["share", "percentage", "proportion"], ["比例", "佔比"]),
  probability: topic(/probability/, ["probability"], ["機率"]),
  rate: topic(/per-hour$/, ["rate"], ["頻率"]),
  path: topic(/^path/, ["path"], ["路徑"]),
  speed: topic(/^mean-speed/, ["speed", "mean speed"], ["平均速度"]),
  jerk: topic(/^mean-jerk/, ["jerk", "mean jerk"], ["平均急動度"]),
  area: topic(/^bleeding-area/, ["area", "mean area", "largest area"], ["面積", "面積平均比例", "面積最大比例"]),
  cleaning: topic(/^lens-cleaning/, ["cleaning", "cleanings", "lens"], ["鏡頭清潔"]),
  raters: topic(/^critical-view-rater/, ["raters", "spread of raters"], ["評分者差異"]),
  lead: topic(/^critical-view-lead/, ["before the clip"], ["早於上夾"]),
  unusable: topic(/^unusable/, ["unusable"], ["受阻"]),
  control: topic(/control/, ["control", "controlled"], ["控制"]),
  held: topic(/^critical-view-held/, ["held"], ["維持"]),
  coverage: topic(/^coverage$/, ["analyzer", "analyser", "looked at", "frames", "wanted", "that were wanted"], ["分析器", "看了", "所需畫面", "檢視了"]),
} as const satisfies Record<string, Topic>;
export type TopicId = keyof typeof topics;
