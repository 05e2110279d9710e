import type { EvidenceItem, ReportLanguage } from "../../contracts/report.ts";
import { absenceWords, plainWords, reviewWords, topics } from "../../contracts/report-words.ts";
import { measureNames } from "./vocabulary.ts";

const languages: Readonly<Record<ReportLanguage, string>> = { en: "English (en)", "zh-TW": "Traditional Chinese as written in Taiwan (zh-TW)" };

/** What a language model is told of sentences beforehand: the rules of the check that they must pass (`functions/report/grounding.ts`). */
export const sentenceRules = (language: ReportLanguage): string[] => [
  `Write in ${languages[language]}. Labels stay as they are in the evidence, letter by letter, in either language.`,
  "Each sentence is short and plain, and cites the id of every item that it speaks of. It names no label that it does not cite.",
  "Each clause speaks of one item: it holds the item's label, or the name of the measure, and numbers of that item alone. Of a measure of two things, say both.",
  "A time is m:ss, and is the start or the end of a cited item, rounded to the nearest second: from its start to its end. A length is in seconds, of a cited item. A share is in percent.",
  "Numbers are figures, never words. No number may be computed from others.",
  `What has "needsReview" stands in the section "for-review", where there are sections, and its sentence says so with one of: ${reviewWords[language].join(", ")}.`,
  `Say that something is absent only where a cited measure of just that is zero, with one of: ${absenceWords[language].join(", ")}.`,
  "Never judge, advise, diagnose, or speak of a person. No markup, no addresses.",
  `Measures are called: ${Object.entries(measureNames)
    .map(([type, names]) => `${type} "${names[language]}"`)
    .join(", ")}.`,
  `Beside labels, names of measures and numbers use these words and no other: ${[...plainWords[language], ...Object.values(topics).flatMap(({ words }) => words[language])].join(", ")}.`,
];

/** The evidence as a model is shown it: identifiers, labels, times and values; nothing of it names a person, a case or a file. */
export const evidenceText = (items: readonly EvidenceItem[]): string => {
  const facts = items.map(({ id, kind, type, label, span, value, unit, needsReview }) => ({
    ...{ id, kind, type, label, value, unit, needsReview },
    span: span && { startSeconds: span.startSeconds, endSeconds: span.endSeconds },
  }));
  return `<evidence>${JSON.stringify(facts)}</evidence>`;
};
