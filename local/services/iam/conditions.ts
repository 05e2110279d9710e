import { arnMatches, globMatches } from "./patterns.ts";

/** Values of condition keys. Keys are compared without regard to case, as IAM does. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

interface Operator {
  readonly quantifier: "ForAnyValue" | "ForAllValues" | undefined;
  readonly comparison: Comparison;
  readonly ifExists: boolean;
}

/** One key of a Condition block with the values that the policy names. */
export interface Condition {
  readonly operator: Operator;
  readonly key: string;
  readonly values: readonly string[];
}

/** How a value of the request is compared with a value of the policy; `"presence"` asks whether the key is there at all. */
interface Comparison {
  readonly matches: ((found: string, wanted: string) => boolean) | "presence";
  readonly negated: boolean;
}

const is = (matches: Comparison["matches"]): Comparison => ({ matches, negated: false });
const not = (matches: Comparison["matches"]): Comparison => ({ matches, negated: true });
const same = (found: string, wanted: string) => found === wanted;
const sameLetters = (found: string, wanted: string) => found.toLowerCase() === wanted.toLowerCase();
const like = (found: string, wanted: string) => globMatches(wanted, found);
const arnLike = (found: string, wanted: string) => arnMatches(wanted, found);
const numeric = (compare: (found: number, wanted: number) => boolean) => (found: string, wanted: string) =>
  found.trim() !== "" && wanted.trim() !== "" && compare(Number(found), Number(wanted));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, without dates, addresses and binaries. */
const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ["StringEquals", is(same)],
  ["StringNotEquals", not(same)],
  ["StringEqualsIgnoreCase", is(sameLetters)],
  ["StringNotEqualsIgnoreCase", not(sameLetters)],
  ["StringLike", is(like)],
  ["StringNotLike", not(like)],
  ["ArnEquals", is(arnLike)],
  ["ArnLike", is(arnLike)],
  ["ArnNotEquals", not(arnLike)],
  ["ArnNotLike", not(arnLike)],
  ["Bool", is(sameLetters)],
  ["NumericEquals", is(numeric((found, wanted) => found === wanted))],
  ["NumericNotEquals", not(numeric((found, wanted) => found === wanted))],
  ["NumericLessThan", is(numeric((found, wanted) => found < wanted))],
  ["NumericLessThanEquals", is(numeric((found, wanted) => found <= wanted))],
  ["NumericGreaterThan", is(numeric((found, wanted) => found > wanted))],
  ["NumericGreaterThanEquals", is(numeric((found, wanted) => found >= wanted))],
  ["Null", is("presence")],
]);

/** The operator that a text such as `ForAnyValue:StringLikeIfExists` names; undefined if it is not implemented. */
export function parseOperator(text: string): Operator | undefined {
  const [, quantifier, name = "", ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  const comparison = comparisons.get(name);
  if (!comparison || (comparison.matches === "presence" && (quantifier ?? ifExists) !== undefined)) return undefined;
  return { quantifier: quantifier as Operator["quantifier"], comparison, ifExists: ifExists !== undefined };
}

/** Whether one condition holds. A key the request lacks satisfies negated, `IfExists` and `ForAllValues` operators, and no other. */
export function holds({ operator, key, values }: Condition, context: Context): boolean {
  const { quantifier, comparison, ifExists } = operator;
  const { matches, negated } = comparison;
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  const given = name === undefined ? [] : [context[name] ?? []].flat();
  if (matches === "presence") return values.some((value) => (value.toLowerCase() === "true") === (given.length === 0));
  if (given.length === 0) return ifExists || quantifier === "ForAllValues" || (negated && quantifier === undefined);
  const satisfies = (found: string) => values.some((wanted) => matches(found, wanted)) !== negated;
  // Without a quantifier a negated operator must hold for every value, a plain one for any.
  const all = quantifier === "ForAllValues" || (quantifier === undefined && negated);
  return all ? given.every(satisfies) : given.some(satisfies);
}
