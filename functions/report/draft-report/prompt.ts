import { type Report, type ReportEvidence, type ReportLanguage, reportSizes, sectionId } from "../../../contracts/report.ts";
import type { ModelQuestion } from "../language-model/language-model.ts";
import { type Picture, partsOf } from "../pictures.ts";
import { evidenceText, sentenceRules } from "../rules.ts";
import { modelDraft } from "./answer.ts";

/** Raised whenever what a model is told changes: a report names it. */
export const promptVersion = "1.2.0";

const rules = (language: ReportLanguage, hasPictures: boolean): string =>
  [
    "You write the report of a surgical video for a surgeon, from the evidence that you are given and from nothing else.",
    ...sentenceRules(language),
    "Say first what matters to a surgeon: the whole video, its phases in order, instruments, what disturbed the view, and what asks to be looked at. At most 40 sentences.",
    ...(hasPictures ? ["Pictures of the video help to choose what of the evidence matters; what is only in a picture must not be said."] : []),
    `Answer with JSON and nothing else: {"sections":[{"id":SECTION,"sentences":[{"text":"...","cites":["id"]}]}]}, where SECTION is one of ${sectionId.options.join(", ")}.`,
  ].join("\n");

/** What a model is asked. */
export const questionFor = ({ items }: ReportEvidence, language: ReportLanguage, refused: Report["refused"], pictures: readonly Picture[]): ModelQuestion => ({
  system: rules(language, pictures.length > 0),
  parts: [{ text: evidenceText(items) }, ...partsOf(pictures), ...(refused.length === 0 ? [] : [{ text: reminderOf(refused) }])],
  mostTokens: reportSizes.answerTokens,
  answer: { name: "surgical_report", schema: modelDraft },
});

/**
 * The latest refusals, as many as there is room for: by their citations, without their words. A guardrail would hold back what was
 * refused if it were asked with it.
 */
function reminderOf(refused: Report["refused"]): string {
  const lines: string[] = [];
  let bytes = 0;
  for (const { cites = [], reasons } of [...refused].reverse()) {
    const line = JSON.stringify({ cites, reasons: reasons.map(withoutWords) });
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > reportSizes.reminderBytes) break;
    lines.unshift(line);
  }
  return `Your last draft was refused. Write the whole report again without these mistakes.\n<refused>\n${lines.join("\n")}\n</refused>`;
}

/** Quoted numbers stay; quoted words do not. */
const withoutWords = (reason: string): string => reason.replace(/"[^"]*"/g, (quoted) => (/^"[-\d.:,]+"$|^"for-review"$/.test(quoted) ? quoted : '"…"'));
