import type { z } from "zod";
import type { ModelAnswer } from "./language-model.ts";

/** Longest answer that is read, in characters: some ten times what prompts ask for. */
const mostCharacters = 100_000;

/** What a model's answer was read as, or why it can't be: in words that a model can act on, with none of its text. */
export type Read<T> = { readonly value: T } | { readonly outcome: "INTERVENED" | "UNREADABLE"; readonly reason: string };

/** Reads the JSON that a language model was asked for, strictly. */
export function readAnswer<T>(schema: z.ZodType<T>, { ended, reason, text }: Pick<ModelAnswer, "ended" | "reason" | "text">): Read<T> {
  if (ended === "INTERVENED") return { outcome: "INTERVENED", reason: "The guardrail held back what was asked or answered." };
  const unreadable = (why: string): Read<T> => ({ outcome: "UNREADABLE", reason: why });
  if (ended === "CUT_OFF") return unreadable("The answer was too long and was cut off: write fewer sentences.");
  if (ended !== "COMPLETE") return unreadable(`The model ended with "${reason}" instead of an answer.`);
  if (text.length > mostCharacters) return unreadable("The answer was too long: write fewer sentences.");
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return { value: parsed.data };
  const where = parsed.error.issues.slice(0, 5).map(({ path, code }) => `${path.join(".") || "the answer"} (${code})`);
  return unreadable(`The answer was not the JSON that was asked for: ${where.join(", ")}.`);
}

/** Models put JSON into a fence now and then; anything else around it is a mistake. Undefined if it is none. */
function jsonOf(text: string): unknown {
  const [, fenced] = /^\s*```(?:json)?\n([\s\S]*)\n```\s*$/.exec(text) ?? [];
  try {
    return JSON.parse(fenced ?? text);
  } catch {
    return undefined;
  }
}
