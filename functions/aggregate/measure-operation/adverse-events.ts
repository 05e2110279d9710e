import { eventType } from "../../../contracts/event-type.ts";

/** Adverse events of MultiBypass140 (Lavanchy et al. 2024). */
export type AdverseEvent = "bleeding" | "mechanical injury" | "thermal injury" | "ischaemic injury" | "insufficient anastomotic closure";

/** What networks may call them, as types of event. */
const names: readonly (readonly [AdverseEvent, RegExp])[] = [
  ["bleeding", /^(active-)?(bleeding|ha?emorrhage)$/],
  ["mechanical injury", /^mechanical(-injury|-damage)?$/],
  ["thermal injury", /^thermal(-injury|-damage)?$/],
  ["ischaemic injury", /^(ischa?emi(a|c)|ischa?emic-injury)$/],
  ["insufficient anastomotic closure", /^(insufficient(-anastomotic)?-closure(-of-(the-)?anastomosis)?|anastomotic-insufficiency)$/],
];

/** Of a network that has a label for each grade, such as `Thermal injury, severity 2`. */
const graded = /^(.+)-(?:severity|grade)-([0-5])$/;

/** The adverse event that a type or a label of an event names, and its severity from 0 to 5 if it names that, too; undefined if it names none. */
export function adverseEventOf(word: string): { readonly kind: AdverseEvent; readonly severity: number | null } | undefined {
  const type = eventType(word);
  const [, base = type, grade] = graded.exec(type) ?? [];
  const kind = names.find(([, pattern]) => pattern.test(base))?.[0];
  return kind && { kind, severity: grade === undefined ? null : Number(grade) };
}
