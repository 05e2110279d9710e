import { NormalizedSchema } from "@smithy/core/schema";
import type { $SchemaRef } from "@smithy/types";

/** Formats of timestamps, numbered as the SDK's schemas number them. */
export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds";
const timestampFormats: Readonly<Record<number, TimestampFormat>> = { 5: "date-time", 6: "http-date", 7: "epoch-seconds" };

/** Formats of a JSON body: restJson renames members by their `jsonName`. */
export interface JsonFormat {
  readonly jsonNames: boolean;
}

export const schemaOf = (reference: $SchemaRef): NormalizedSchema => NormalizedSchema.of(reference);
const wireName = (name: string, schema: NormalizedSchema, { jsonNames }: JsonFormat): string =>
  jsonNames ? ((schema.getMergedTraits()["jsonName"] as string | undefined) ?? name) : name;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** Names of the members that a structure can't lack: the schema lists them first and counts them. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const structure = schema.getSchema() as unknown;
  if (!Array.isArray(structure)) return [];
  return (structure[4] as string[]).slice(0, (structure[6] as number | undefined) ?? 0);
}

/** How a timestamp is written here: as its schema says, else as the place has it. */
export function timestampFormat(schema: NormalizedSchema, usual: TimestampFormat): TimestampFormat {
  return timestampFormats[schema.getSchema() as unknown as number] ?? usual;
}

/**
 * Turns JSON of the wire into the SDK's input shape: blobs become Buffers, timestamps Dates.
 * Whatever does not fit the schema goes to `problems` as a sentence that names the path.
 */
export function decode(schema: NormalizedSchema, value: unknown, path: string, format: JsonFormat, problems: string[]): unknown {
  const wrong = (wanted: string) => {
    problems.push(`${path || "The input"} must be ${wanted}; it is ${kindOf(value)}.`);
    return undefined;
  };
  if (schema.isDocumentSchema()) return value;
  if (schema.isStructSchema()) return isObject(value) ? decodeStructure(schema, value, path, format, problems) : wrong("an object");
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return wrong("a list");
    return value.map((entry, i) => decodeEntry(schema, entry, `${path}[${i}]`, format, problems));
  }
  if (schema.isMapSchema()) {
    if (!isObject(value)) return wrong("an object");
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, decodeEntry(schema, entry, `${path}["${key}"]`, format, problems)]));
  }
  if (schema.isBlobSchema()) return typeof value === "string" && isBase64(value) ? Buffer.from(value, "base64") : wrong("base64 text");
  if (schema.isTimestampSchema()) {
    const wanted = timestampFormat(schema, "epoch-seconds");
    const time =
      wanted === "epoch-seconds" ? (typeof value === "number" ? value * 1000 : Number.NaN) : typeof value === "string" ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? wrong(`a timestamp (${wanted})`) : new Date(time);
  }
  if (schema.isStringSchema()) return typeof value === "string" ? value : wrong("a string");
  if (schema.isBooleanSchema()) return typeof value === "boolean" ? value : wrong("true or false");
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) return typeof value === "number" ? value : wrong("a number");
  return wrong(`a ${schema.getName()}, which the local cloud can't read`);
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

function decodeEntry(collection: NormalizedSchema, entry: unknown, path: string, format: JsonFormat, problems: string[]): unknown {
  if (entry === null && collection.getMergedTraits().sparse) return null;
  return decode(collection.getValueSchema(), entry, path, format, problems);
}

function decodeStructure(
  schema: NormalizedSchema,
  value: Record<string, unknown>,
  path: string,
  format: JsonFormat,
  problems: string[],
): Record<string, unknown> {
  const members = new Map([...schema.structIterator()].map(([name, member]) => [wireName(name, member, format), { name, member }]));
  const result: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    // Clients write an absent member as null.
    if (entry === null || key === "__type") continue;
    const known = members.get(key);
    if (known) result[known.name] = decode(known.member, entry, join(path, known.name), format, problems);
    else problems.push(`${join(path, key)} is not a member of ${schema.getName()}.`);
  }
  if (schema.isUnionSchema() && Object.keys(result).length !== 1) problems.push(`${path} must have exactly one member of ${schema.getName()}.`);
  findMissing(schema, result, path, problems);
  return result;
}

/** Adds a sentence for every required member that `value` lacks. */
export function findMissing(schema: NormalizedSchema, value: Record<string, unknown>, path: string, problems: string[]): void {
  for (const name of requiredMembers(schema)) if (!(name in value)) problems.push(`${join(path, name)} is missing.`);
}

/**
 * Turns a service's answer from the SDK's output shape into JSON of the wire.
 * @throws Error if it does not fit the schema: a client would not see what the service meant.
 */
export function encode(schema: NormalizedSchema, value: unknown, path: string, format: JsonFormat): unknown {
  const wrong = (wanted: string): Error => new Error(`${path || "The answer"} must be ${wanted}; it is ${kindOf(value)}.`);
  if (schema.isDocumentSchema()) return value;
  if (schema.isStructSchema()) {
    if (!isObject(value)) throw wrong(`an object (${schema.getName()})`);
    const members = new Map(schema.structIterator());
    const result: Record<string, unknown> = {};
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      const member = members.get(name);
      if (!member) throw new Error(`${join(path, name)} is not a member of ${schema.getName()}.`);
      result[wireName(name, member, format)] = encode(member, entry, join(path, name), format);
    }
    return result;
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw wrong("a list");
    return value.map((entry, i) => (entry === null ? null : encode(schema.getValueSchema(), entry, `${path}[${i}]`, format)));
  }
  if (schema.isMapSchema()) {
    if (!isObject(value)) throw wrong("an object");
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    return Object.fromEntries(entries.map(([key, entry]) => [key, encode(schema.getValueSchema(), entry, `${path}["${key}"]`, format)]));
  }
  if (schema.isBlobSchema()) {
    if (value instanceof Uint8Array || typeof value === "string") return Buffer.from(value as Uint8Array).toString("base64");
    throw wrong("bytes or text");
  }
  if (schema.isTimestampSchema()) {
    if (!(value instanceof Date)) throw wrong("a Date");
    return timestampText(value, timestampFormat(schema, "epoch-seconds"));
  }
  if (schema.isStringSchema()) {
    if (typeof value !== "string") throw wrong("a string");
    return value;
  }
  if (schema.isBooleanSchema()) {
    if (typeof value !== "boolean") throw wrong("true or false");
    return value;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong("a finite number");
  return value;
}

/** A timestamp as it stands in JSON, a header or a query. */
export function timestampText(value: Date, format: TimestampFormat): string | number {
  if (format === "epoch-seconds") return value.getTime() / 1000;
  return format === "date-time" ? value.toISOString() : value.toUTCString();
}
