import type { NormalizedSchema } from "@smithy/core/schema";
import type { WireRequest, WireResponse } from "./service.ts";
import { decode, encode, findMissing, type JsonFormat, type TimestampFormat, timestampFormat, timestampText } from "./shapes.ts";

/** Binding of restJson1: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
const format: JsonFormat = { jsonNames: true };

/** Where an operation lives: method, URI template and status of success. */
export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  readonly staticQuery: URLSearchParams;
  readonly status: number;
}

/** The route of an operation from its `http` trait, `["POST", "/functions/{FunctionName}/invocations", 200]`. */
export function routeOf([method, template, status]: readonly [string, string, number]): Route {
  const [path = "", query = ""] = template.split("?");
  const labels: string[] = [];
  const source = path.split("/").map((segment) => {
    const [, label, greedy] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
    if (label === undefined) return segment.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
    labels.push(label);
    return greedy ? "(.+)" : "([^/]+)";
  });
  return { method, pattern: new RegExp(`^${source.join("/")}/?$`), labels, staticQuery: new URLSearchParams(query), status };
}

export function matchesRoute(route: Route, request: WireRequest): boolean {
  return (
    route.method === request.method &&
    route.pattern.test(request.path) &&
    [...route.staticQuery].every(([name, value]) => (value === "" ? request.query.has(name) : request.query.get(name) === value))
  );
}

/** Builds an operation's input from path, query, headers and body; what does not fit goes to `problems`. */
export function readInput(route: Route, schema: NormalizedSchema, request: WireRequest, body: Buffer, problems: string[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const matched = route.pattern.exec(request.path)?.slice(1) ?? [];
  const labels = new Map(route.labels.map((label, i) => [label, decodeURIComponent(matched[i] as string)]));
  const usedQuery = new Set(route.staticQuery.keys());
  const bodyMembers: [string, NormalizedSchema][] = [];
  let payload: [string, NormalizedSchema] | undefined;
  let restOfQuery: [string, NormalizedSchema] | undefined;

  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpLabel) input[name] = fromText(member, labels.get(name) ?? "", name, "date-time", problems);
    else if (traits.httpQuery !== undefined) {
      usedQuery.add(traits.httpQuery);
      const values = request.query.getAll(traits.httpQuery);
      if (values.length > 0) {
        input[name] = member.isListSchema()
          ? values.map((value) => fromText(member.getValueSchema(), value, name, "date-time", problems))
          : fromText(member, values[0] as string, name, "date-time", problems);
      }
    } else if (traits.httpHeader !== undefined) {
      const text = request.headers[traits.httpHeader.toLowerCase()];
      if (text !== undefined) {
        input[name] = member.isListSchema()
          ? text.split(",").map((entry) => fromText(member.getValueSchema(), entry.trim(), name, "http-date", problems))
          : fromText(member, text, name, "http-date", problems);
      }
    } else if (traits.httpPrefixHeaders !== undefined) {
      const prefix = traits.httpPrefixHeaders.toLowerCase();
      const entries = Object.entries(request.headers).filter(([header]) => header.startsWith(prefix));
      if (entries.length > 0) input[name] = Object.fromEntries(entries.map(([header, value]) => [header.slice(prefix.length), value]));
    } else if (traits.httpQueryParams) restOfQuery = [name, member];
    else if (traits.httpPayload) payload = [name, member];
    else bodyMembers.push([name, member]);
  }

  const others = [...request.query].filter(([key]) => !usedQuery.has(key));
  if (restOfQuery) {
    if (others.length > 0) input[restOfQuery[0]] = Object.fromEntries(others);
  } else for (const [key] of others) problems.push(`Query parameter ${key} is not a member of ${schema.getName()}.`);

  if (payload) readPayload(payload, body, input, problems);
  else if (body.length > 0) readBody(schema, new Set(bodyMembers.map(([name]) => name)), body, input, problems);
  findMissing(schema, input, "", problems);
  return input;
}

function readPayload([name, member]: [string, NormalizedSchema], body: Buffer, input: Record<string, unknown>, problems: string[]): void {
  if (member.isBlobSchema()) input[name] = body;
  else if (member.isStringSchema()) input[name] = body.toString();
  else if (body.length > 0) input[name] = decode(member, parseJson(body, problems), name, format, problems);
}

function readBody(schema: NormalizedSchema, members: ReadonlySet<string>, body: Buffer, input: Record<string, unknown>, problems: string[]): void {
  const parsed = parseJson(body, problems);
  if (parsed === undefined) return;
  // Missing members are looked for once, when those of path, query and headers are there too.
  const found: string[] = [];
  const decoded = decode(schema, parsed, "", format, found) as Record<string, unknown> | undefined;
  problems.push(...found.filter((problem) => !/^\w+ is missing\.$/.test(problem)));
  for (const [name, value] of Object.entries(decoded ?? {})) {
    if (members.has(name)) input[name] = value;
    else problems.push(`${name} belongs in the path, the query or a header, not in the body.`);
  }
}

/** JSON of a body; undefined and a problem if it is none. */
export function parseJson(body: Buffer, problems: string[]): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    problems.push(`The body is not JSON: ${(error as Error).message}.`);
    return undefined;
  }
}

function fromText(schema: NormalizedSchema, text: string, name: string, usual: TimestampFormat, problems: string[]): unknown {
  const wrong = (wanted: string) => {
    problems.push(`${name} must be ${wanted}; it is "${text}".`);
    return undefined;
  };
  if (schema.isStringSchema()) return text;
  if (schema.isBooleanSchema()) return text === "true" || text === "false" ? text === "true" : wrong("true or false");
  if (schema.isNumericSchema()) return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : wrong("a number");
  if (schema.isTimestampSchema()) {
    const time = timestampFormat(schema, usual) === "epoch-seconds" ? Number(text) * 1000 : Date.parse(text);
    return Number.isNaN(time) ? wrong(`a timestamp (${timestampFormat(schema, usual)})`) : new Date(time);
  }
  return wrong(`a ${schema.getName()}, which the local cloud can't read from text`);
}

/** The response that carries an operation's output. @throws Error if the output does not fit its schema. */
export function writeOutput(route: Route, schema: NormalizedSchema, output: object): WireResponse {
  const members = new Map(schema.structIterator());
  const headers: Record<string, string> = {};
  const inBody: Record<string, unknown> = {};
  let status = route.status;
  let payload: { value: unknown; member: NormalizedSchema; name: string } | undefined;
  let hasPayload = false;
  for (const member of members.values()) hasPayload ||= Boolean(member.getMergedTraits().httpPayload);

  for (const [name, value] of Object.entries(output)) {
    if (value === undefined) continue;
    const member = members.get(name);
    if (!member) throw new Error(`${name} is not a member of ${schema.getName()}.`);
    const traits = member.getMergedTraits();
    if (traits.httpResponseCode) status = value as number;
    else if (traits.httpHeader !== undefined) {
      headers[traits.httpHeader.toLowerCase()] = String(value instanceof Date ? timestampText(value, timestampFormat(member, "http-date")) : value);
    } else if (traits.httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries(value as Record<string, string>)) headers[`${traits.httpPrefixHeaders}${key}`.toLowerCase()] = text;
    } else if (traits.httpPayload) payload = { value, member, name };
    else inBody[name] = value;
  }
  if (!hasPayload) {
    const bodySchema = encode(schema, inBody, "", format);
    return { status, headers: { "content-type": "application/json", ...headers }, body: status === 204 ? "" : JSON.stringify(bodySchema) };
  }
  if (!payload) return { status, headers };
  const { value, member, name } = payload;
  if (member.isBlobSchema()) return { status, headers: { "content-type": "application/octet-stream", ...headers }, body: Buffer.from(value as Uint8Array) };
  if (member.isStringSchema()) return { status, headers: { "content-type": "text/plain", ...headers }, body: value as string };
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(encode(member, value, name, format)) };
}
