import type { Statement } from "./documents.ts";

/** A request, as a policy sees it. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /**
   * Condition keys in lower case, with the values that the request carries; undefined for a key that it lacks. A key that is
   * not mentioned may have any value, or none.
   */
  readonly context: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether statements of a resource's policy deny a request for sure: whoever makes it, and whatever the keys that its context
 * does not mention. So a rule asks a policy what it does, and not how it is written. A condition that can't be judged is
 * taken not to hold: the policy then counts as silent.
 */
export const isDenied = (statements: readonly Statement[], request: Request): boolean =>
  statements.some((statement) => statement.effect === "Deny" && statement.principals.includes("*") && isAbout(statement, request) === true);

/** Whether statements of an identity's policy, which name no principals, deny a request for sure. */
export const isDeniedToHolder = (statements: readonly Statement[], request: Request): boolean =>
  statements.some((statement) => statement.effect === "Deny" && isAbout(statement, request) === true);

/** Whether the conditions of a statement may hold for a request, with some values of the keys that its context does not mention. */
export const mayMeet = ({ conditions }: Pick<Statement, "conditions">, context: Request["context"]): boolean => meets(conditions, context) !== false;

/** Whether a pattern with `*` and `?` matches a text. */
export function matches(pattern: string, text: string): boolean {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    expression = expressionOf(pattern);
    expressions.set(pattern, expression);
  }
  return expression.test(text);
}

/** Policies ask for the same few patterns again and again; making an expression takes most of the time of asking. */
const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s");
}

/** Whether a statement is about an action. Names of actions know no case. */
export const coversAction = ({ actions, notActions }: Pick<Statement, "actions" | "notActions">, action: string): boolean =>
  covers(actions.map(lower), notActions.map(lower), lower(action));

/** Undefined where it depends on what is not known. */
type Verdict = boolean | undefined;

function isAbout(statement: Statement, { action, resource, context }: Request): Verdict {
  if (!coversAction(statement, action) || !covers(statement.resources, statement.notResources, resource)) return false;
  return meets(statement.conditions, context);
}

function meets(conditions: Statement["conditions"], context: Request["context"]): Verdict {
  const verdicts = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => (Object.hasOwn(context, key) ? holds(operator, wanted, context[key]) : undefined)),
  );
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

const lower = (text: string): string => text.toLowerCase();

function covers(patterns: readonly string[], except: readonly string[], text: string): boolean {
  const match = (pattern: string): boolean => matches(pattern, text);
  return except.length > 0 ? !except.some(match) : patterns.some(match);
}

type Compare = (found: string, wanted: string) => boolean;

/** IAM User Guide, "IAM JSON policy elements: Condition operators". */
const comparisons: Readonly<Record<string, Compare>> = {
  StringEquals: (found, wanted) => found === wanted,
  StringEqualsIgnoreCase: (found, wanted) => lower(found) === lower(wanted),
  StringLike: (found, wanted) => matches(wanted, found),
  ArnEquals: (found, wanted) => matches(wanted, found),
  ArnLike: (found, wanted) => matches(wanted, found),
  Bool: (found, wanted) => found === lower(wanted),
  NumericEquals: (found, wanted) => Number(found) === Number(wanted),
  NumericLessThan: (found, wanted) => Number(found) < Number(wanted),
  NumericLessThanEquals: (found, wanted) => Number(found) <= Number(wanted),
  NumericGreaterThan: (found, wanted) => Number(found) > Number(wanted),
  NumericGreaterThanEquals: (found, wanted) => Number(found) >= Number(wanted),
};

/**
 * A key that a request lacks meets negated and `IfExists` operators and `ForAllValues`, and no other. What a request carries is
 * one value here, so that `ForAnyValue` and `ForAllValues` are the same but for a lacking key.
 */
function holds(operator: string, wanted: readonly string[], found: string | undefined): Verdict {
  if (operator === "Null") return wanted.includes(String(found === undefined));
  const [, quantifier, name = "", ifExists] = /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const negated = /^(String|Arn|Numeric)Not/.test(name);
  const compare = comparisons[negated ? name.replace("Not", "") : name];
  // A policy variable stands for what only the request knows.
  if (compare === undefined || wanted.some((value) => value.includes("${"))) return undefined;
  if (found === undefined) return quantifier === undefined ? negated || ifExists !== undefined : quantifier === "ForAllValues:" || ifExists !== undefined;
  return wanted.some((value) => compare(found, value)) !== negated;
}
