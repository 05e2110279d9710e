import type { z } from "zod";
import { BrokenContract, InvalidInput } from "./errors.ts";

/** Every complaint of a schema, one sentence each: `source.bytes: Invalid input: expected number, received string.` */
export const complaints = (error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) => `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}${message.endsWith(".") ? "" : "."}`);

/** Checks what a caller sent. Throws {@link InvalidInput} listing everything that is wrong. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new InvalidInput(...complaints(result.error));
  return result.data;
}

/** Checks what another step or service left behind. Throws {@link BrokenContract} that names it and lists everything that is wrong. */
export function parseStored<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new BrokenContract(`${what} breaks its contract. ${complaints(result.error).join(" ")}`);
  return result.data;
}

/**
 * JSON text to a checked value. Throws {@link BrokenContract} that names what the text was. `isPlainly` may tell without the
 * schema that a value keeps it; where it can't, the schema decides.
 */
export function parseStoredJson<T>(schema: z.ZodType<T>, text: string, what: string, isPlainly?: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BrokenContract(`${what} isn't JSON: ${(error as Error).message}.`);
  }
  return isPlainly?.(value) ? value : parseStored(schema, value, what);
}
