import { isDeepStrictEqual } from "node:util";
import type { Deployment } from "../deploy/deployment.ts";
import { openSchemas } from "../deploy/schema/schemas.ts";
import { isAsset } from "../deploy/values.ts";

/** A resource of `pulumi stack export`, as far as it is compared. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly provider?: string;
}

/** Something that the engine and the offline run do not agree on. */
export interface Difference {
  readonly urn: string;
  readonly what: string;
  readonly engine: unknown;
  readonly offline: unknown;
}

/** What only an engine has: the provider that it makes for a package when the program names none, and the stacks that the program reads. */
const isEnginesOwn = ({ type, urn }: StateResource): boolean =>
  (type.startsWith("pulumi:providers:") && /::default(_\d+)*$/.test(urn)) || type === "pulumi:pulumi:StackReference";

/** Compares what an engine recorded with what an offline run of the same program registered: resources, inputs, dependencies, providers, protection. */
export function compare(state: readonly StateResource[], offline: Deployment): Difference[] {
  const differences: Difference[] = [];
  const recorded = new Map(state.filter((resource) => !isEnginesOwn(resource)).map((resource) => [resource.urn, resource]));
  const registered = new Map(offline.resources.map((resource) => [resource.urn, resource]));
  for (const urn of new Set([...recorded.keys(), ...registered.keys()])) {
    const [one, other] = [recorded.get(urn), registered.get(urn)];
    if (!one || !other) {
      differences.push({ urn, what: "the resource", engine: one !== undefined, offline: other !== undefined });
      continue;
    }
    const note = (what: string, engine: unknown, off: unknown): void => {
      if (!isDeepStrictEqual(engine, off)) differences.push({ urn, what, engine, offline: off });
    };
    note("its type", one.type, other.type);
    note("its parent", one.parent, other.parent);
    note("its protection", one.protect ?? false, other.protect);
    // Of a component the engine keeps no inputs unless they are outputs too.
    if (!other.custom) continue;
    const isProvider = other.type.startsWith("pulumi:providers:");
    // The engine itself chooses the ids of providers.
    if (!isProvider) note("its id", one.id, other.id);
    note("its dependencies", sorted(one.dependencies), sorted(other.dependencies));
    note("its provider", one.provider?.slice(0, one.provider.lastIndexOf("::")), other.provider);
    const recordedInputs = plain(one.inputs ?? {}) as Record<string, unknown>;
    const given = isProvider ? openSchemas().parseProviderInputs(other.type, recordedInputs) : recordedInputs;
    const asked = plain(other.inputs) as Record<string, unknown>;
    for (const input of new Set([...Object.keys(given), ...Object.keys(asked)])) {
      if (isProvider && enginesOwn.has(input)) continue;
      note(`its input ${input}`, given[input], asked[input]);
      note(`what its input ${input} depends on`, sorted(one.propertyDependencies?.[input]), sorted(other.propertyDependencies[input]));
    }
  }
  return differences;
}

/** What the engine adds to the inputs of a provider. */
const enginesOwn: ReadonlySet<string> = new Set(["version", "__internal"]);

const sorted = (urns: readonly string[] | null | undefined): string[] => [...new Set(urns ?? [])].sort();

const secretKey = "plaintext";

/** Values without wrappings: secrets are texts of JSON in an export, and a file's hash is the engine's own addition. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (secretKey in value && entries.length === 2) return plain(JSON.parse((value as { plaintext: string }).plaintext));
  const kept = isAsset(value) ? entries.filter(([key]) => key !== "hash") : entries;
  return Object.fromEntries(kept.filter(([, inner]) => inner !== undefined && inner !== null).map(([key, inner]) => [key, plain(inner)]));
}
