import { types } from "node:util";
import { unknownText } from "../../given.ts";

/** A text within a resource's inputs, with the names of the properties that lead to it. */
export interface Text {
  readonly path: readonly string[];
  readonly value: string;
}

/**
 * Every text within a value. One that a preview does not know yet is left out: AWS computes it, and before the resource is made the
 * rule is asked again. To be told at each of them that it was not read would hide what was.
 */
export function* textsIn(value: unknown, path: readonly string[] = []): Generator<Text> {
  if (typeof value === "string") {
    if (value !== unknownText) yield { path, value };
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of membersOf(value)) yield* textsIn(inner, Array.isArray(value) ? path : [...path, key]);
}

/** A proxy of the policy server throws where an unknown value is read, but describes it. What is no proxy is read, which is several times faster. */
const membersOf = (value: object): [string, unknown][] =>
  types.isProxy(value) ? Object.entries(Object.getOwnPropertyDescriptors(value)).map(([key, { value: inner }]) => [key, inner]) : Object.entries(value);
