import type { EvidenceItem, ReportLanguage } from "../../contracts/report.ts";

const languages: Readonly<Record<ReportLanguage, string>> = { en: "English (en)", "zh-TW": "Traditional Chinese as written in Taiwan (zh-TW)" };

/** What a language model is told of sentences beforehand: the rules of the check that they must pass (`functions/report/grounding.ts`). */
export const sentenceRules = (language: ReportLanguage): string[] => [
  `Write in ${languages[language]}. Labels stay as they are in the evidence, letter by letter, in either language.`,
  "Each sentence is short and plain, and cites the id of every item that it speaks of. It names no label that it does not cite.",
  "A time is m:ss, and is the start or the end of a cited item, rounded to the nearest second. A length is in seconds, of a cited item. A share is in percent.",
  "Numbers are figures, never words. No number may be computed from others.",
  "Never say that something is absent or did not happen. Never judge, advise, diagnose, or speak of a person. No markup, no addresses.",
];

/** The evidence as a model is shown it: identifiers, labels, times and values; nothing of it names a person, a case or a file. */
export const evidenceText = (items: readonly EvidenceItem[]): string => {
  const facts = items.map(({ id, kind, type, label, span, value, unit, needsReview }) => ({
    ...{ id, kind, type, label, value, unit, needsReview },
    span: span && { startSeconds: span.startSeconds, endSeconds: span.endSeconds },
  }));
  return `<evidence>${JSON.stringify(facts)}</evidence>`;
};
