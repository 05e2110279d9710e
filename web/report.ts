import type { Analysis } from "../contracts/analysis.ts";
import type { CaseReport } from "../contracts/api.ts";
import { type Language, texts } from "./text.ts";

/** The report's sentences as elements. What a sentence cites of the timeline is a button that goes there; measures are named only. All of it is text, never markup. */
export function reportElements({ report, page }: CaseReport, analysis: Analysis, language: Language, goTo: (frame: number) => void): HTMLElement[] {
  const starts = new Map<string, number>([
    ["operation", 0],
    ...[...analysis.segments, ...analysis.events].map(({ id, startFrame }) => [id, startFrame] as const),
    ...analysis.gate.outOfBody.map(({ startFrame }, i) => [`out-of-body-${i + 1}`, startFrame] as const),
  ]);
  const cite = (id: string): HTMLElement => {
    const frame = starts.get(id);
    const shown = document.createElement(frame === undefined ? "small" : "button");
    shown.textContent = id;
    if (shown instanceof HTMLButtonElement) {
      shown.type = "button";
      shown.addEventListener("click", () => goTo(frame as number));
    }
    return shown;
  };
  const sections = report.sections.flatMap(({ title, sentences }) => [
    withText("h4", title),
    ...sentences.map(({ text, cites }) => {
      const line = withText("p", `${text} `);
      line.append(...cites.flatMap((id) => [cite(id), " "]));
      return line;
    }),
  ]);
  const link = document.createElement("a");
  link.href = page;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.textContent = texts[language].print;
  return [...report.limits.map((limit) => withText("p", limit)), ...sections, link];
}

function withText(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
