import { Readable } from "node:stream";
import { toUri } from "../../../contracts/keys.ts";
import { NotFound } from "../../../functions/runtime/errors.ts";
import type { Lake } from "../../../functions/runtime/lake.ts";
import { readLines } from "../../../functions/runtime/lines.ts";
import { parseStoredJson } from "../../../functions/runtime/parse.ts";

/** A lake that holds its objects in `objects`, by key. */
export interface MemoryLake extends Lake {
  objects: Map<string, Uint8Array>;
  /** Puts a JSON Lines object. */
  putLines(key: string, lines: readonly unknown[]): Promise<void>;
}

export function memoryLake(bucket = "processed"): MemoryLake {
  const objects = new Map<string, Uint8Array>();
  const bytesOf = (key: string): Uint8Array => {
    const found = objects.get(key);
    if (!found) throw new NotFound(`${toUri(bucket, key)} isn't there.`);
    return found;
  };
  const put: Lake["put"] = async (key, body) => {
    objects.set(key, Buffer.from(body));
  };
  const text = async (key: string) => Buffer.from(bytesOf(key)).toString();
  return {
    bucket,
    objects,
    uri: (key) => toUri(bucket, key),
    text,
    bytes: async (key) => bytesOf(key),
    json: async (key, schema) => parseStoredJson(schema, await text(key), toUri(bucket, key)),
    async *lines(key, schema, isPlainly) {
      yield* readLines(Readable.from([bytesOf(key)]), schema, toUri(bucket, key), isPlainly);
    },
    put,
    async putStream(key, body, contentType) {
      const pieces: Buffer[] = [];
      for await (const piece of body) pieces.push(Buffer.from(piece as string));
      await put(key, Buffer.concat(pieces), contentType);
    },
    putJson: (key, value) => put(key, JSON.stringify(value), "application/json"),
    putLines: (key, lines) => put(key, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), "application/jsonl"),
  };
}
