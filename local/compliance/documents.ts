import { type Evidence, isCompliant } from "./evidence.ts";
import { htmlOf } from "./html.ts";
import { sarifOf } from "./sarif.ts";
import { translator } from "./translations.ts";

/** The evidence in every form, by file name. */
export function documentsOf(evidence: Evidence, root: string): Record<string, string> {
  const html = (language: "en" | "zh-TW"): string => htmlOf(evidence, language, isCompliant(evidence), translator(language));
  return {
    "evidence.json": `${JSON.stringify(evidence, null, 2)}\n`,
    "evidence.sarif": `${JSON.stringify(sarifOf(evidence, root), null, 2)}\n`,
    "evidence.html": html("en"),
    "evidence.zh-TW.html": html("zh-TW"),
  };
}
