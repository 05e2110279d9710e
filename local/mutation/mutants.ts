import type { DeployedResource, Deployment } from "../deploy/deployment.ts";
import { openSchemas } from "../deploy/schema/schemas.ts";
import type { InputProperty, InputType, Shape } from "../deploy/schema/shape.ts";
import { isAsset } from "../deploy/values.ts";
import type { Change } from "./judge.ts";
import type { Mutation, MutationKind } from "./mutation.ts";
import { isPolicy, policyMutations } from "./policy-mutants.ts";
import { differentNumbers, differentText, documentIn, isNumeral, isRecord } from "./values.ts";

/** One thing gone wrong with one resource. */
export interface Mutant {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The place, without indices: `rules[].expiration.days`, `policy.Statement[].Condition`. Empty for the resource as a whole. */
  readonly path: string;
  /** The place with what tells items apart: `policy.Statement[DenyInsecureTransport].Condition`. */
  readonly place: string;
  readonly kind: MutationKind;
  /**
   * Ways to make it, any of which a rule may notice: a number is stricter in one direction and laxer in the other, and which
   * is which only the rule knows; of another text nobody knows whether it is better or worse.
   */
  readonly attempts: readonly Change[];
}

/**
 * Every mutant of every resource that a provider makes, generated from what the resource is given and from nothing else.
 * A change that makes a resource stricter, or that the engine refuses, is no mutant: a required input is not left out,
 * nor a `false`, which nearly always is what AWS takes if nothing is said, nor a statement that allows.
 */
export function* mutantsOf({ resources }: Deployment): Generator<Mutant> {
  for (const resource of resources) if (resource.custom && resource.type !== "pulumi:pulumi:Stack") yield* mutantsOfResource(resource);
}

function* mutantsOfResource({ urn, type, name, inputs, protect, ignoreChanges }: DeployedResource): Generator<Mutant> {
  const about = { urn, type, name };
  const shape = openSchemas().resource(type)?.inputs ?? {};
  for (const [property, value] of Object.entries(inputs)) {
    const top: Spot = { value, path: property, place: property, property: shape[property], type };
    for (const { values, ...mutation } of mutationsOf(top)) {
      yield { ...about, ...mutation, attempts: values.map((next) => ({ kind: "property", property, value: next })) };
    }
    if (type.startsWith("pulumi:")) continue;
    yield {
      ...about,
      path: property,
      place: property,
      kind: "ignored",
      attempts: [{ kind: "options", options: { ignoreChanges: [...ignoreChanges, property] } }],
    };
  }
  if (protect) yield { ...about, path: "", place: "", kind: "unprotected", attempts: [{ kind: "options", options: { protect: false } }] };
  // Without its provider there is no program.
  if (!type.startsWith("pulumi:")) yield { ...about, path: "", place: "", kind: "gone", attempts: [{ kind: "gone" }] };
}

interface Spot {
  readonly value: unknown;
  readonly path: string;
  readonly place: string;
  /** What the package's schema says of it; undefined for what it does not know, such as what is within a document. */
  readonly property: InputProperty | undefined;
  readonly type: string;
}

/** Mutations of a value and of everything within it. `values` are values of the property as a whole. */
function* mutationsOf(spot: Spot): Generator<Mutation> {
  const { value, path, place, property } = spot;
  const at = (kind: MutationKind, ...values: unknown[]): Mutation => ({ path, place, kind, values });
  if (value !== false && property?.required !== true) yield at("removed", undefined);
  if (typeof value === "boolean") yield at("negated", !value);
  else if (typeof value === "number") yield at("changed", ...differentNumbers(value));
  else if (typeof value === "string") {
    const document = documentIn(value);
    if (document !== undefined)
      for (const { values, ...inner } of within(spot, document)) yield { ...inner, values: values.map((next) => JSON.stringify(next)) };
    // Nothing is wider than all addresses.
    else if (!/^(0\.0\.0\.0|::)\/0$/.test(value)) yield textMutation(spot, value);
  } else yield* within(spot, value);
}

/** A text that stands for a truth or a number is changed as such: policies write both as texts. */
function textMutation({ path, place, property, type }: Spot, value: string): Mutation {
  if (value === "true" || value === "false") return { path, place, kind: "negated", values: [String(value !== "true")] };
  if (isNumeral(value)) return { path, place, kind: "changed", values: differentNumbers(Number(value)).map(String) };
  return { path, place, kind: "replaced", values: differentText(value, allowedValues(property, type)) };
}

/** Mutations of the members of an object or a list. */
function* within(spot: Spot, value: unknown): Generator<Mutation> {
  const { path, place, property, type } = spot;
  if (isPolicy(value)) {
    yield* policyMutations(value, path, place);
    const { Statement, ...rest } = value;
    for (const { values, ...inner } of within(spot, rest)) yield { ...inner, values: values.map((next) => ({ ...(next as object), Statement })) };
  } else if (Array.isArray(value)) {
    const items = value as unknown[];
    const only = items.length === 1 && property?.required === true;
    const inner = { ...itemProperty(property?.type), required: only } as InputProperty | undefined;
    for (const [index, item] of items.entries()) {
      const below: Spot = { value: item, path: `${path}[]`, place: `${place}[${markOf(item, index)}]`, property: inner, type };
      for (const { values, ...mutation } of mutationsOf(below)) {
        yield { ...mutation, values: values.map((next) => (next === undefined ? items.toSpliced(index, 1) : items.with(index, next))) };
      }
    }
  } else if (isRecord(value) && !isAsset(value)) {
    const record: Readonly<Record<string, unknown>> = value;
    const shape = shapeOf(property?.type, type);
    for (const [key, item] of Object.entries(record)) {
      const below: Spot = { value: item, path: `${path}.${key}`, place: `${place}.${key}`, property: shape[key] ?? itemProperty(property?.type), type };
      for (const { values, ...mutation } of mutationsOf(below)) {
        const { [key]: _, ...others } = record;
        yield { ...mutation, values: values.map((next) => (next === undefined ? others : { ...record, [key]: next })) };
      }
    }
  }
}

/** What tells an item of a list from the others: how it calls itself, or its index. */
function markOf(item: unknown, index: number): string {
  const own = isRecord(item) ? [item["Sid"], item["sid"], item["name"], item["id"]].find((mark) => typeof mark === "string") : undefined;
  return String(own ?? index);
}

const shapeOf = (of: InputType | undefined, type: string): Shape =>
  typeof of === "object" && "object" in of ? (openSchemas().shape(type, of.object) ?? {}) : {};

/** What a schema says of the items of a list or a map: any of them may be left out. */
function itemProperty(of: InputType | undefined): InputProperty | undefined {
  if (typeof of !== "object") return undefined;
  if ("list" in of) return { type: of.list, required: false };
  return "map" in of ? { type: of.map, required: false } : undefined;
}

function allowedValues(property: InputProperty | undefined, type: string): readonly string[] {
  const of = property?.type;
  const values =
    typeof of === "object" && "values" in of
      ? of.values
      : typeof of === "object" && "oneOf" in of
        ? of.oneOf.flatMap((one) => allowedValues({ type: one, required: false }, type))
        : [];
  return [...values, ...(property?.documented ?? [])];
}
