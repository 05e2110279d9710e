import type { Readable } from "node:stream";
import type { z } from "zod";
import { parseStoredJson } from "./parse.ts";

/** Values of a JSON Lines stream, one at a time. Empty lines are skipped. Throws BrokenContract that names `what` and the line. */
export async function* readLines<T>(
  stream: Readable,
  schema: z.ZodType<T>,
  what: string,
  isPlainly?: (value: unknown) => value is T,
): AsyncGenerator<T, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let number = 0;
  const parse = (line: string) => parseStoredJson(schema, line, `Line ${number} of ${what}`, isPlainly);
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) {
      number++;
      if (line !== "") yield parse(line);
    }
  }
  rest += decoder.decode();
  number++;
  if (rest !== "") yield parse(rest);
}
