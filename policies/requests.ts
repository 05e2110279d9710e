import type { Statement } from "./documents.ts";

/** A request by anybody, as a resource's policy sees it. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys in lower case, with the values that the request carries. */
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Whether statements deny a request whoever makes it. So a rule asks a policy what it does, and not how it is written.
 * A condition by an operator that is not known here is taken not to hold: the policy then counts as silent.
 */
export function isDenied(statements: readonly Statement[], request: Request): boolean {
  return statements.some(
    (statement) =>
      statement.effect === "Deny" &&
      statement.principals.includes("*") &&
      covers(statement.actions, statement.notActions, request.action.toLowerCase(), (action) => action.toLowerCase()) &&
      covers(statement.resources, statement.notResources, request.resource) &&
      meets(statement, request.context),
  );
}

/** Whether a pattern with `*` and `?` matches a text. */
export function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}

/** Whether every condition of a statement holds for a request with such a context. */
export function meets({ conditions }: Pick<Statement, "conditions">, context: Request["context"]): boolean {
  return Object.entries(conditions).every(([operator, keys]) => Object.entries(keys).every(([key, wanted]) => holds(operator, wanted, context[key])));
}

function covers(patterns: readonly string[], except: readonly string[], text: string, form = (pattern: string): string => pattern): boolean {
  const match = (pattern: string): boolean => matches(form(pattern), text);
  return except.length > 0 ? !except.some(match) : patterns.some(match);
}

type Compare = (found: string, wanted: string) => boolean;

/** IAM User Guide, "IAM JSON policy elements: Condition operators". */
const comparisons: Readonly<Record<string, Compare>> = {
  StringEquals: (found, wanted) => found === wanted,
  StringEqualsIgnoreCase: (found, wanted) => found.toLowerCase() === wanted.toLowerCase(),
  StringLike: (found, wanted) => matches(wanted, found),
  ArnEquals: (found, wanted) => matches(wanted, found),
  ArnLike: (found, wanted) => matches(wanted, found),
  Bool: (found, wanted) => found === wanted.toLowerCase(),
  NumericEquals: (found, wanted) => Number(found) === Number(wanted),
  NumericLessThan: (found, wanted) => Number(found) < Number(wanted),
  NumericLessThanEquals: (found, wanted) => Number(found) <= Number(wanted),
  NumericGreaterThan: (found, wanted) => Number(found) > Number(wanted),
  NumericGreaterThanEquals: (found, wanted) => Number(found) >= Number(wanted),
};

/** A key that a request lacks meets negated and `IfExists` operators, and no other. */
function holds(operator: string, wanted: readonly string[], found: string | undefined): boolean {
  if (operator === "Null") return wanted.includes(String(found === undefined));
  const ifExists = operator.endsWith("IfExists");
  const name = ifExists ? operator.slice(0, -"IfExists".length) : operator;
  const negated = /^(String|Arn|Numeric)Not/.test(name);
  const compare = comparisons[negated ? name.replace("Not", "") : name];
  if (compare === undefined) return false;
  if (found === undefined) return ifExists || negated;
  return wanted.some((value) => compare(found, value)) !== negated;
}
