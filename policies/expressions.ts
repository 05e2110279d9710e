/**
 * Values that are known only when something runs. A definition of a state machine writes `{% ... %}` in its JSONata dialect and
 * `"Key.$": "$.path"` in its JSONPath dialect; a SageMaker pipeline writes `{ "Get": "Parameters.Key" }` or `{ "Std:Join": ... }`.
 */

export type Values = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

const jsonata = /^\{%([\s\S]*)%\}$/;

/** Whether a value is a JSONata expression, or one of a pipeline. */
export const isComputed = (value: unknown): boolean =>
  typeof value === "string" ? jsonata.test(value) : isObject(value) && Object.keys(value).some((key) => key === "Get" || key.startsWith("Std:"));

/** Value at a path of names; an empty path is the value itself. */
export const at = (value: unknown, path: string): unknown =>
  path === "" ? value : path.split(".").reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

/**
 * What a text begins with whatever is filled in: all of a plain text, and of an expression `{% 's3://lake/' & $case %}` the text
 * that it puts first. Empty where that is unknown.
 */
export function literalStart(value: unknown): string {
  if (typeof value !== "string") return "";
  const expression = jsonata.exec(value)?.[1];
  if (expression === undefined) return value;
  const [, , first = "", rest = ""] = /^\s*(['"])(.*?)\1([\s\S]*)$/.exec(expression) ?? [];
  return /^\s*(&|$)/.test(rest) ? first : "";
}

/** The texts within an expression: `'s3://lake/'` and `'/review/'` of `'s3://lake/' & $case & '/review/'`; a plain text is its own. */
export function literalsIn(value: string): string[] {
  const expression = jsonata.exec(value)?.[1];
  return expression === undefined ? [value] : [...expression.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, single, double]) => single ?? double ?? "");
}

/** The last name of every value that an expression reads: `runId` of `$states.context.Execution.Input.runId`, `case` of `$case`. Functions are none. */
export function namesIn(value: string): string[] {
  const expression = jsonata.exec(value)?.[1] ?? "";
  const code = expression.replace(/'[^']*'|"[^"]*"/g, "''");
  return [...code.matchAll(/\$?[A-Za-z_]\w*(?:\s*\.\s*\$?[A-Za-z_]\w*)*(?!\w*\s*\()/g)]
    .map(([path]) => path.split(".").at(-1)!.trim().replace(/^\$/, ""))
    .filter((name) => !operators.has(name));
}

const operators = new Set(["and", "or", "in", "true", "false", "null"]);
