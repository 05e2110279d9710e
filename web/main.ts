import type { CaseSummary } from "../contracts/case.ts";
import { fetchCase, fetchCases } from "./api.ts";
import { showPlayer } from "./player.ts";
import { type Language, preferredLanguage, type TextKey, texts } from "./text.ts";

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

let language: Language = preferredLanguage();
let open: string | undefined;
/** Status of the open case when it was last shown; a change shows it anew. */
let shown: string | undefined;
let listed = "";
let cleanUp: () => void = () => undefined;

function translate(): void {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll<HTMLElement>("[data-text]")) node.textContent = texts[language][node.dataset["text"] as TextKey];
  element("language").textContent = texts[language].language;
}

function listCases(cases: readonly CaseSummary[]): void {
  // Drawn anew only when something changed, so that the keyboard's focus stays where it is.
  const state = JSON.stringify([language, open, cases]);
  if (state === listed) return;
  listed = state;
  const items = cases.map(({ caseId, fileName, status, createdAt }) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-current", String(caseId === open));
    const name = document.createElement("span");
    name.textContent = fileName;
    const facts = document.createElement("small");
    facts.textContent = `${texts[language][status]} · ${new Date(createdAt).toLocaleString(language)}`;
    button.append(name, facts);
    button.addEventListener("click", () => {
      open = caseId;
      shown = undefined;
      void refresh();
    });
    item.append(button);
    return item;
  });
  element("cases").replaceChildren(...(items.length > 0 ? items : [texts[language].noCases]));
}

async function showCase(caseId: string): Promise<void> {
  const detail = await fetchCase(caseId);
  if (detail.case.status === shown) return;
  shown = detail.case.status;
  cleanUp();
  element("case").hidden = false;
  element("player-heading").textContent = detail.case.fileName;
  element("status").textContent = texts[language][detail.case.status];
  element("reasons").replaceChildren(
    ...detail.case.reasons.map((reason) => {
      const item = document.createElement("li");
      item.textContent = reason;
      return item;
    }),
  );
  cleanUp = await showPlayer(detail, language);
}

async function refresh(): Promise<void> {
  try {
    const { cases } = await fetchCases();
    open ??= cases[0]?.caseId;
    listCases(cases);
    if (open) await showCase(open);
  } catch (error) {
    element("case").hidden = false;
    element("status").textContent = `${texts[language].failed} ${(error as Error).message}`;
  }
}

element("language").addEventListener("click", () => {
  language = language === "en" ? "zh-TW" : "en";
  localStorage.setItem("language", language);
  translate();
  shown = undefined;
  void refresh();
});
translate();
void refresh();
setInterval(() => void refresh(), 2000);
