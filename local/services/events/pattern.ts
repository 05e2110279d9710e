type Json = unknown;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A test of one value of an event; undefined stands for an absent field. */
type Test = (value: Json | undefined) => boolean;

const text =
  (test: (value: string) => boolean): Test =>
  (value) =>
    typeof value === "string" && test(value);

/** A wildcard pattern as a regular expression: `*` is any text, `\*` a star. */
function wildcard(pattern: string): RegExp {
  const parts = pattern
    .split(/(\\[*\\]|\*)/)
    .map((part) => (part === "*" ? ".*" : (part.length === 2 && part.startsWith("\\") ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "s");
}

function numeric(spec: unknown, path: string): Test {
  const comparisons: Record<string, (value: number, bound: number) => boolean> = {
    "=": (value, bound) => value === bound,
    "<": (value, bound) => value < bound,
    "<=": (value, bound) => value <= bound,
    ">": (value, bound) => value > bound,
    ">=": (value, bound) => value >= bound,
  };
  if (!Array.isArray(spec) || ![2, 4].includes(spec.length))
    throw new Error(`${path}: numeric is ${JSON.stringify(spec)}; it must be [comparison, number] or two such pairs.`);
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < spec.length; i += 2) {
    const compare = comparisons[String(spec[i])];
    const bound: unknown = spec[i + 1];
    if (compare === undefined || typeof bound !== "number")
      throw new Error(`${path}: numeric has ${JSON.stringify(spec.slice(i, i + 2))}; it must be one of ${Object.keys(comparisons).join(" ")} and a number.`);
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

function anythingBut(spec: unknown, path: string): Test {
  if (isObject(spec)) {
    const test = comparison(spec, path, ["prefix", "suffix", "wildcard"]);
    return (value) => value !== undefined && !test(value);
  }
  const values = Array.isArray(spec) ? spec : [spec];
  if (values.length === 0 || !values.every((value) => typeof value === "string" || typeof value === "number")) {
    throw new Error(`${path}: anything-but is ${JSON.stringify(spec)}; it must be a text, a number, a list of them, or a prefix, suffix or wildcard.`);
  }
  return (value) => value !== undefined && !values.includes(value as string);
}

/** A comparison such as `{ "prefix": "a" }`. */
function comparison(spec: Record<string, unknown>, path: string, allowed: readonly string[]): Test {
  const [[name, argument] = ["", undefined], ...more] = Object.entries(spec);
  if (more.length > 0 || !allowed.includes(name)) {
    throw new Error(`${path}: the comparison ${JSON.stringify(spec)} is not implemented by the local cloud; it knows ${allowed.join(", ")}, one at a time.`);
  }
  if (name === "numeric") return numeric(argument, path);
  if (name === "anything-but") return anythingBut(argument, path);
  if (name === "exists") {
    if (typeof argument !== "boolean") throw new Error(`${path}: exists is ${JSON.stringify(argument)}; it must be true or false.`);
    return (value) => (value !== undefined) === argument;
  }
  if (typeof argument !== "string") throw new Error(`${path}: ${name} is ${JSON.stringify(argument)}; it must be text.`);
  if (name === "prefix") return text((value) => value.startsWith(argument));
  if (name === "suffix") return text((value) => value.endsWith(argument));
  const expression = wildcard(argument);
  return text((value) => expression.test(value));
}

const comparisons = ["prefix", "suffix", "wildcard", "anything-but", "exists", "numeric"];

function leaf(alternatives: readonly unknown[], path: string): Test {
  if (alternatives.length === 0) throw new Error(`${path} is an empty list; it must hold at least one value.`);
  const tests = alternatives.map((alternative): Test => {
    if (isObject(alternative)) return comparison(alternative, path, comparisons);
    if (Array.isArray(alternative)) throw new Error(`${path} holds a list in a list; it must hold values or comparisons.`);
    return (value) => value === alternative;
  });
  // A field that is a list matches if any of its elements does.
  return (value) => tests.some((test) => (Array.isArray(value) && value.length > 0 ? value.some(test) : test(value)));
}

/** Most combinations that the patterns of all `$or` of one event pattern may make (EventBridge User Guide, "Event patterns", `$or`). */
const mostCombinations = 1000;

/** How many combinations a pattern makes: the lengths of its `$or` lists, multiplied. */
function combinations(pattern: unknown): number {
  if (!isObject(pattern)) return 1;
  return Object.entries(pattern)
    .map(([field, inner]) =>
      field === "$or" && Array.isArray(inner) ? inner.map(combinations).reduce((all, one) => all * one, inner.length) : combinations(inner),
    )
    .reduce((all, one) => all * one, 1);
}

/**
 * Compiles an event pattern. Throws an error that names what is wrong or not implemented.
 * Semantics: EventBridge User Guide, "Event patterns": fields of the pattern must all match, values of a list are alternatives, and so are
 * the patterns of `$or`.
 */
export function compilePattern(pattern: unknown, path = "event pattern"): (event: unknown) => boolean {
  const count = combinations(pattern);
  if (count > mostCombinations) throw new Error(`${path} has ${count} combinations of the patterns of its $or; it may have ${mostCombinations}.`);
  return compiled(pattern, path);
}

function compiled(pattern: unknown, path: string): (event: unknown) => boolean {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new Error(`${path} is ${JSON.stringify(pattern)}; it must be an object with at least one field.`);
  const tests = Object.entries(pattern).map(([field, inner]): ((event: Record<string, unknown>) => boolean) => {
    const place = `${path}.${field}`;
    if (field === "$or") {
      if (!Array.isArray(inner) || inner.length < 2) throw new Error(`${place} is ${JSON.stringify(inner)}; it must be a list of two patterns or more.`);
      const patterns = inner.map((one, i) => compiled(one, `${place}[${i}]`));
      return (event) => patterns.some((matches) => matches(event));
    }
    if (Array.isArray(inner)) {
      const test = leaf(inner, place);
      return (event) => test(event[field]);
    }
    const test = compiled(inner, place);
    return (event) => test(event[field]);
  });
  return (event) => tests.every((test) => test(isObject(event) ? event : {}));
}
