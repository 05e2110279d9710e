import type { EvidenceItem, ReportDraft, ReportEvidence, ReportLanguage, SectionId } from "../../../contracts/report.ts";
import type { DraftSentence } from "../grounding.ts";
import { clockOf } from "../numbers.ts";
import { kinds, nameOfMeasure } from "../vocabulary.ts";

export const templateVersion = "1.1.0";

/** Sentences about one thing, in each language. Numbers come from the thing alone, and it is cited. */
const phrases = {
  en: {
    operation: (from: string, to: string) => `The video runs from ${from} to ${to}.`,
    coverage: (share: string) => `The analyzer "◦" looked at ${share}% of the frames that were wanted.`,
    span: (what: string, from: string, to: string) => `${what} from ${from} to ${to}.`,
    labelled: (what: string) => `${what}: ◦`,
    outside: "The camera was outside the patient",
    seen: "◦ was in sight",
    value: (name: string, of: string, value: string) => `${name}${of}: ${value}.`,
    of: " (◦)",
    look: "Please look at ◦",
  },
  "zh-TW": {
    operation: (from: string, to: string) => `影片從 ${from} 到 ${to}。`,
    coverage: (share: string) => `分析器「◦」看了所需畫面的 ${share}%。`,
    span: (what: string, from: string, to: string) => `${what}，從 ${from} 到 ${to}。`,
    labelled: (what: string) => `${what}：◦`,
    outside: "鏡頭位於體外",
    seen: "可見 ◦",
    value: (name: string, of: string, value: string) => `${name}${of}：${value}。`,
    of: "（◦）",
    look: "請檢視 ◦",
  },
};

const valueUnits = {
  en: {
    seconds: " seconds",
    count: "",
    "count-per-hour": " per hour",
    share: "%",
    probability: "%",
    diagonals: " diagonals",
    "diagonals-per-second": " diagonals per second",
    "diagonals-per-second-cubed": " diagonals per second cubed",
  },
  "zh-TW": {
    seconds: " 秒",
    count: " 次",
    "count-per-hour": " 次/小時",
    share: "%",
    probability: "%",
    diagonals: " 對角線",
    "diagonals-per-second": " 對角線/秒",
    "diagonals-per-second-cubed": " 對角線/立方秒",
  },
} as const;

/** The report without a language model: one plain sentence for each finding. The same evidence gives the same report. */
export function templateDraft({ items }: ReportEvidence, language: ReportLanguage): ReportDraft {
  const sections = new Map<SectionId, DraftSentence[]>((["summary", "course", "instruments", "view", "safety", "for-review"] as const).map((id) => [id, []]));
  for (const item of items) {
    const text = sentenceOf(item, language);
    if (text !== undefined) sections.get(sectionOf(item))?.push({ text, cites: [item.id] });
  }
  return { sections: [...sections].filter(([, sentences]) => sentences.length > 0).map(([id, sentences]) => ({ id, sentences })) };
}

/** Undefined for what there is nothing to say of: a measure without a value. */
function sentenceOf(item: EvidenceItem, language: ReportLanguage): string | undefined {
  const said = phrases[language];
  const { kind, label, span, value, unit } = item;
  if (kind === "measure") {
    if (value === null || unit === null) return undefined;
    const figure = `${figureOf(unit === "share" || unit === "probability" ? value * 100 : value)}${valueUnits[language][unit]}`;
    return named(said.value(nameOfMeasure(item.type, language), label === null ? "" : said.of, figure), label);
  }
  if (kind === "coverage") return named(said.coverage(figureOf((value ?? 0) * 100)), label);
  if (span === null) return undefined;
  const [from, to] = [clockOf(span.startSeconds), clockOf(span.endSeconds)];
  if (kind === "operation") return said.operation(from, to);
  return named(said.span(subjectOf(item, language), from, to), label ?? kinds[item.type]?.[language] ?? item.type);
}

function subjectOf({ kind, type, label, needsReview }: EvidenceItem, language: ReportLanguage): string {
  const said = phrases[language];
  if (kind === "out-of-body") return said.outside;
  const name = kinds[type]?.[language];
  if (needsReview) return said.look;
  if (type === "instrument") return said.seen;
  if (name !== undefined) return capital(label === null ? name : said.labelled(name));
  return "◦";
}

/** Labels go in last: what they hold is never read as a pattern. */
const named = (text: string, label: string | null): string => text.split("◦").join(label ?? "");
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** At most two decimals, none that is zero. */
const figureOf = (value: number): string => String(Number(value.toFixed(2)));

const viewTypes = /^(smoke|fog|blur|reflection|black|freeze|overexposed|underexposed|unusable|excursion|lens-cleaning|out-of-body|in-body|shot)/;
const safetyTypes = /^(bleeding|critical-view|adverse-event)/;

function sectionOf({ kind, type, needsReview }: EvidenceItem): SectionId {
  if (kind === "operation" || kind === "coverage") return "summary";
  if (needsReview) return "for-review";
  if (safetyTypes.test(type)) return "safety";
  if (viewTypes.test(type)) return "view";
  if (/^(instrument|exchange|idle|bimanual|two-instruments|path|mean-speed|mean-jerk)/.test(type)) return "instruments";
  return "course";
}
