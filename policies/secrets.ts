import { looksPersonal } from "./data/phi-patterns.ts";
import { looksSecret, soundsSecret } from "./data/secret-marks.ts";

export interface Revealed {
  /** `States.Train.Arguments.Environment.API_KEY`. */
  readonly path: string;
  readonly what: string;
}

/** Everything within a value that looks like a secret or identifies a person. What is found is never repeated in a message. */
export function secretsIn(value: unknown, path = ""): Revealed[] {
  if (typeof value === "string") return revealedBy(value).map((what) => ({ path, what }));
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return isPlainSecret(key, inner) ? [{ path: at, what: "a secret" }] : secretsIn(inner, at);
  });
}

const revealedBy = (text: string): string[] => [...(looksSecret(text) ? ["a secret"] : []), ...(looksPersonal(text) ? ["what identifies a person"] : [])];

/** A setting named like a secret whose value is neither the ARN of one nor found out later. */
export const isPlainSecret = (name: string, value: unknown): boolean =>
  soundsSecret(name) && typeof value === "string" && value !== "" && !value.startsWith("arn:") && !/^(\{%|\$)/.test(value);
