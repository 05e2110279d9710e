/** Every word of the page, in both languages. A key missing in one of them does not type-check. */
const english = {
  title: "Surgical Video Platform",
  notice: "The shipped models were trained on drawn operations only. They are for trying the platform, never for care.",
  language: "中文",
  cases: "Cases",
  noCases: "No case yet.",
  moments: "Moments",
  time: "Time",
  what: "What",
  duration: "Seconds",
  producer: "Found by",
  producers: "Models and algorithms",
  frame: "Frame",
  gate: "Out of body",
  shots: "Shots",
  report: "Report",
  showReport: "Show the report",
  print: "Page to print",
  timeline: "Timeline of the operation. Click to go to a moment; the table below holds the same moments.",
  failed: "The page can't read the platform's answer:",
  UPLOADING: "Uploading",
  RUNNING: "Being analysed",
  COMPLETE: "Analysed",
  PARTIAL: "Analysed in part: at least one analyser failed",
  REJECTED: "Rejected: the video can't be analysed",
  QUARANTINED: "Quarantined: the privacy gate could not decide",
  FAILED: "Failed",
};
export type TextKey = keyof typeof english;

const chinese: Record<TextKey, string> = {
  title: "手術影像分析平台",
  notice: "隨附模型僅以合成手術影像訓練,只供試用平台,絕不可用於醫療照護。",
  language: "English",
  cases: "案例",
  noCases: "尚無案例。",
  moments: "關鍵時刻",
  time: "時間",
  what: "內容",
  duration: "秒數",
  producer: "來源",
  producers: "模型與演算法",
  frame: "影格",
  gate: "體外畫面",
  shots: "鏡頭",
  report: "報告",
  showReport: "顯示報告",
  print: "列印頁面",
  timeline: "手術時間軸。點選即可跳到該時刻;下方表格列出相同時刻。",
  failed: "無法讀取平台的回應:",
  UPLOADING: "上傳中",
  RUNNING: "分析中",
  COMPLETE: "分析完成",
  PARTIAL: "部分完成:至少一個分析器失敗",
  REJECTED: "已退回:無法分析此影片",
  QUARANTINED: "已隔離:隱私閘門無法判定",
  FAILED: "失敗",
};

export type Language = "en" | "zh-TW";
export const texts: Record<Language, Record<TextKey, string>> = { en: english, "zh-TW": chinese };

/** The reader's language: the last choice, else the browser's, else English. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem("language") ?? navigator.language;
  return chosen.toLowerCase().startsWith("zh") ? "zh-TW" : "en";
}
