import type { ReportLanguage } from "../../contracts/report.ts";
import { english, type Text } from "./en.ts";
import { chinese } from "./zh-TW.ts";

export type { Text };
/** Languages of the page: those of reports. */
export type Language = ReportLanguage;
export const texts: Record<Language, Text> = { en: english, "zh-TW": chinese };

/** A word for what the platform calls something; the platform's own word where the page knows no better, as for a state that is newer than the page. */
export const wordFor = (words: Readonly<Record<string, string>>, name: string): string => (Object.hasOwn(words, name) ? (words[name] as string) : name);

/** Words one after the other, with the mark that the language has between them. */
export const listOf = (language: Language, words: readonly string[]): string => words.join(language === "zh-TW" ? "、" : ", ");

/** The reader's language: the last choice, else the browser's, else English. */
export const preferredLanguage = (chosen: string | null, browsers: string): Language => ((chosen ?? browsers).toLowerCase().startsWith("zh") ? "zh-TW" : "en");
