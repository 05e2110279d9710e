import { createHash, randomUUID } from "node:crypto";
import jsonata from "jsonata";
import type { Json, JsonObject } from "./definition.ts";
import { StatesError } from "./error.ts";

/** Largest input, output, argument or result of a state: 256 KiB of UTF-8 (Step Functions quota). */
const payloadLimit = 256 * 1024;

const digests: Readonly<Record<string, string>> = { MD5: "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" };

/** The functions that Step Functions adds to JSONata. `$eval` is taken away, and a seed for `$random` is refused: AWS does not say its generator. */
const functions: Readonly<Record<string, (...values: never[]) => unknown>> = {
  partition: (values: unknown[], size: number) => {
    if (!Array.isArray(values) || !Number.isInteger(size) || size < 1) throw new Error("$partition wants an array and a whole size of at least 1");
    return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
  },
  range: (first: number, last: number, step: number) => {
    if (![first, last, step].every(Number.isInteger) || step === 0) throw new Error("$range wants whole first, last and a step other than 0");
    const count = Math.max(0, Math.floor((last - first) / step) + 1);
    if (count > 1000) throw new Error(`$range gives at most 1000 numbers, these arguments give ${count}`);
    return Array.from({ length: count }, (_, i) => first + i * step);
  },
  hash: (text: string, algorithm: string) => {
    const digest = digests[algorithm];
    if (typeof text !== "string" || digest === undefined) throw new Error(`$hash wants text and one of ${Object.keys(digests).join(", ")}`);
    return createHash(digest).update(text).digest("hex");
  },
  random: (seed?: number) => {
    if (seed !== undefined) throw new Error("$random with a seed is not implemented by the local cloud");
    return Math.random();
  },
  uuid: () => randomUUID(),
  parse: (text: string) => {
    if (typeof text !== "string") throw new Error("$parse wants a string");
    return JSON.parse(text);
  },
  eval: () => {
    throw new Error("$eval is not supported by Step Functions");
  },
};

const compiled = new Map<string, jsonata.Expression>();

/** Compiles an expression; throws on a syntax error. Evaluation is bounded in time, depth and length. */
function compile(source: string): jsonata.Expression {
  const known = compiled.get(source);
  if (known) return known;
  const expression = jsonata(source, { timeout: 20_000, stack: 1000, sequence: 1_000_000 });
  for (const [name, implementation] of Object.entries(functions)) expression.registerFunction(name, implementation as (...values: unknown[]) => unknown);
  compiled.set(source, expression);
  return expression;
}

/** The expression inside `{% %}`; undefined for any other value. */
export const expressionOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.startsWith("{%") && value.endsWith("%}") ? value.slice(2, -2) : undefined;

/** Why an expression cannot be used; undefined if it can. */
export function expressionFault(source: string): string | undefined {
  try {
    const ast = JSON.stringify(jsonata(source).ast());
    return ast.includes('"type":"variable","value":"eval"') || /"value":"eval","type":"variable"/.test(ast)
      ? "uses $eval, which Step Functions does not support"
      : undefined;
  } catch (error) {
    return `is not JSONata: ${(error as Error).message}`;
  }
}

/** What expressions see: the workflow variables and `$states`. */
export interface Scope {
  readonly variables: JsonObject;
  readonly states: { readonly input: Json; readonly context: JsonObject; readonly result?: Json; readonly errorOutput?: Json };
}

const messageOf = (error: unknown): string => (error as { message?: string }).message ?? String(error);

async function evaluateExpression(source: string, scope: Scope, field: string): Promise<Json> {
  let value: unknown;
  try {
    value = await compile(source).evaluate(undefined, { ...scope.variables, states: scope.states });
  } catch (error) {
    throw new StatesError("States.QueryEvaluationError", `The expression {%${source}%} of ${field} failed: ${messageOf(error)}`);
  }
  // The trip through JSON drops what JSONata hangs on its sequences, and functions.
  const text = JSON.stringify(value);
  if (text === undefined) throw new StatesError("States.QueryEvaluationError", `The expression {%${source}%} of ${field} returned nothing (undefined).`);
  return JSON.parse(text) as Json;
}

/** Replaces every expression in a template by its value. `field` names the place in errors. */
export async function evaluate(template: Json, scope: Scope, field: string): Promise<Json> {
  const source = expressionOf(template);
  if (source !== undefined) return evaluateExpression(source, scope, field);
  if (Array.isArray(template)) return Promise.all(template.map((value, i) => evaluate(value, scope, `${field}[${i}]`)));
  if (template !== null && typeof template === "object") {
    const entries = Object.entries(template).map(async ([key, value]) => [key, await evaluate(value, scope, `${field}.${key}`)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
  return template;
}

/** Gives the value back, or throws States.DataLimitExceeded if it is too large to travel between states. */
export function withinLimit(value: Json, what: string): Json {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > payloadLimit) throw new StatesError("States.DataLimitExceeded", `${what} has ${bytes} bytes; the most is ${payloadLimit}.`);
  return value;
}
