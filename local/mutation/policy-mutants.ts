import type { Mutation, MutationKind } from "./mutation.ts";
import { differentNumbers, differentText, foreignAccount, isNumeral, isRecord, laxerTexts } from "./values.ts";

/** A policy document: of a role, bucket, key, queue, endpoint or organisation. */
export type Policy = Readonly<Record<string, unknown>> & { readonly Statement: unknown };

type Statement = Readonly<Record<string, unknown>>;

export const isPolicy = (value: unknown): value is Policy =>
  isRecord(value) && statementsIn(value).some((statement) => isRecord(statement) && "Effect" in statement);

const statementsIn = (policy: Readonly<Record<string, unknown>>): unknown[] => many(policy["Statement"]);
const many = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value]);

/**
 * Mutations that make a policy laxer. What allows is widened: to any action, resource or principal, to an account that is
 * not ours, to weaker conditions. What denies is taken away or turned round, and each of its parts made to miss its target.
 */
export function* policyMutations(policy: Policy, path: string, place: string): Generator<Mutation> {
  const statements = many(policy.Statement) as Statement[];
  for (const [index, statement] of statements.entries()) {
    const mark = typeof statement["Sid"] === "string" ? statement["Sid"] : String(index);
    const changes = statement["Effect"] === "Deny" ? denyChanges(statement) : allowChanges(statement);
    for (const { part, kind, values } of changes) {
      const below = part === "" ? "" : `.${part}`;
      yield {
        path: `${path}.Statement[]${below}`,
        place: `${place}.Statement[${mark}]${below}`,
        kind,
        values: values.map((next) => ({ ...policy, Statement: next === undefined ? statements.toSpliced(index, 1) : statements.with(index, next) })),
      };
    }
  }
}

/** A change of a statement: the part that it is about, and the statements that come in its place. */
interface StatementChange {
  readonly part: string;
  readonly kind: MutationKind;
  readonly values: readonly (Statement | undefined)[];
}

function* allowChanges(statement: Statement): Generator<StatementChange> {
  const { Action, Resource, Principal, Condition } = statement;
  const change = (part: string, kind: MutationKind, values: unknown[]): StatementChange => ({
    part,
    kind,
    values: values.map((value) => withPart(statement, part, value)),
  });
  if (Action !== undefined && !many(Action).includes("*")) {
    yield change("Action", "widened", ["*"]);
    const services = [...new Set(many(Action).map((action) => `${String(action).split(":")[0]}:*`))];
    if (!services.every((all) => many(Action).includes(all))) yield change("Action", "widened to the service", [services]);
  }
  if (Resource !== undefined && !many(Resource).includes("*")) yield change("Resource", "widened", ["*"]);
  if (Principal !== undefined && Principal !== "*") {
    yield change("Principal", "widened", ["*"]);
    yield change("Principal", "given away", [{ AWS: `arn:aws:iam::${foreignAccount}:root` }]);
  }
  for (const except of ["NotAction", "NotResource", "NotPrincipal"]) {
    if (statement[except] !== undefined) yield change(except, "widened", [noOne(except)]);
  }
  if (Condition !== undefined) {
    yield change("Condition", "removed", [undefined]);
    const demands = conditionsOf(Condition);
    for (const demand of demands) {
      if (demands.length > 1) yield change(partOf(demand), "removed", [undefined]);
      yield* isNegated(demand) ? otherDemands(change, demand) : wideDemands(change, demand);
    }
  }
}

function* denyChanges(statement: Statement): Generator<StatementChange> {
  const change = (part: string, kind: MutationKind, values: unknown[]): StatementChange => ({
    part,
    kind,
    values: values.map((value) => withPart(statement, part, value)),
  });
  yield { part: "", kind: "removed", values: [undefined] };
  yield change("Effect", "allowed", ["Allow"]);
  for (const part of ["Action", "Resource"]) {
    const items = many(statement[part]);
    if (items.length > 1) for (const [index] of items.entries()) yield change(part, "removed", [items.toSpliced(index, 1)]);
  }
  for (const except of ["NotAction", "NotResource", "NotPrincipal"]) if (statement[except] !== undefined) yield change(except, "widened", ["*"]);
  const { Principal } = statement;
  if (Principal !== undefined) yield change("Principal", "replaced", [{ AWS: `arn:aws:iam::${foreignAccount}:root` }]);
  for (const demand of conditionsOf(statement["Condition"])) yield* isNegated(demand) ? wideDemands(change, demand) : otherDemands(change, demand);
}

type ChangeOf = (part: string, kind: MutationKind, values: unknown[]) => StatementChange;

/** What a condition demands, for something that nobody brings: what denies then never does, and what is kept out gets in. */
function* otherDemands(change: ChangeOf, demand: Demand): Generator<StatementChange> {
  for (const { text, put } of valuesOf(demand)) {
    yield measureChange(change, demand, text, put) ?? change(partOf(demand), "replaced", put(differentText(text)));
  }
}

/** What a condition lets through, for more: for another account or Region, or for everything where a pattern may say so. */
function* wideDemands(change: ChangeOf, demand: Demand): Generator<StatementChange> {
  for (const { text, put } of valuesOf(demand)) {
    const measure = measureChange(change, demand, text, put);
    if (measure !== undefined) yield measure;
    else {
      const wider = [...laxerTexts(text), ...(demand.operator.includes("Like") && text !== "*" ? ["*"] : [])];
      if (wider.length > 0) yield change(partOf(demand), "widened", put(wider));
    }
  }
}

/** A truth or a number of a condition, for another. */
function measureChange(change: ChangeOf, demand: Demand, text: string, put: (others: readonly string[]) => unknown[]): StatementChange | undefined {
  if (text === "true" || text === "false") return change(partOf(demand), "negated", put([String(text !== "true")]));
  return isNumeral(text) ? change(partOf(demand), "changed", put(differentNumbers(Number(text)).map(String))) : undefined;
}

/** Each value of a condition, and how to put others in its place. */
const valuesOf = ({ value }: Demand): { text: string; put: (others: readonly string[]) => unknown[] }[] =>
  many(value).map((one, index, all) => ({
    text: String(one),
    put: (others) => others.map((other) => (Array.isArray(value) ? all.with(index, other) : other)),
  }));

interface Demand {
  readonly operator: string;
  readonly key: string;
  readonly value: unknown;
}

const partOf = ({ operator, key }: Demand): string => `Condition.${operator}.${key}`;

/** `StringNotEquals` and the like hold for all but their values. */
const isNegated = ({ operator }: Demand): boolean => /(String|Arn|Numeric|Date)Not/.test(operator);

const conditionsOf = (condition: unknown): Demand[] =>
  Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ({ operator, key, value })),
  );

/** What stands for nothing where a policy says "all but these". */
const noOne = (part: string): string =>
  part === "NotAction" ? "none:None" : part === "NotPrincipal" ? `arn:aws:iam::${foreignAccount}:root` : "arn:aws:none:::none";

/** The statement with another value at a part, such as `Condition.Bool.aws:SecureTransport`; without the part for `undefined`. */
function withPart(statement: Statement, part: string, value: unknown): Statement {
  const [head = "", operator, ...rest] = part.split(".");
  const key = rest.join(".");
  if (operator === undefined) {
    const { [head]: _, ...others } = statement;
    return value === undefined ? others : { ...statement, [head]: value };
  }
  const condition = statement[head] as Record<string, Record<string, unknown>>;
  const { [key]: _, ...demands } = condition[operator] ?? {};
  const next = value === undefined ? demands : { ...demands, [key]: value };
  const { [operator]: __, ...operators } = condition;
  return { ...statement, [head]: Object.keys(next).length === 0 ? operators : { ...operators, [operator]: next } };
}
