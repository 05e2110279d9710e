import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Language } from "./words.ts";

/** Says in a language what rules and paragraphs say in English. Throws for a text that has no translation: half a document helps nobody. */
export function translator(language: Language): (english: string) => string {
  if (language === "en") return (english) => english;
  const texts = JSON.parse(readFileSync(join(import.meta.dirname, "zh-TW.json"), "utf8")) as Record<string, string>;
  return (english) => {
    const translated = texts[english];
    if (translated === undefined) throw new Error(`local/compliance/zh-TW.json has no translation of "${english}".`);
    return translated;
  };
}
