import { openCache, type SchemaCache } from "./cache.ts";
import { type PackageTypes, packageTypes } from "./package-types.ts";
import type { ResourceSchema, Shape } from "./shape.ts";

/** The input schemas of the packages that a program may use. */
export interface Schemas {
  /** Names and versions of the packages. */
  readonly packages: string;
  resource(type: string): ResourceSchema | undefined;
  /** The shape of a nested type of the package that `type` belongs to. */
  shape(type: string, name: string): Shape | undefined;
  /** Provider inputs travel as JSON texts, whatever their type; gives them their type back. */
  parseProviderInputs(type: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Keeps what was read for the next process. */
  save(): void;
}

interface CachedPackage {
  readonly types: PackageTypes;
  readonly cache: SchemaCache;
}

let opened: Schemas | undefined;

/** The schemas of `@pulumi/aws` and `@pulumi/awsx` as installed, read on demand and cached under `node_modules/.cache`. */
export function openSchemas(): Schemas {
  opened ??= schemasOf(["@pulumi/aws", "@pulumi/awsx"]);
  return opened;
}

function schemasOf(names: readonly string[]): Schemas {
  const packages = new Map<string, CachedPackage>(
    names.map((name) => {
      const types = packageTypes(name);
      return [name.slice("@pulumi/".length), { types, cache: openCache(`${name}@${types.version}`) }];
    }),
  );
  const packageOf = (type: string): CachedPackage | undefined =>
    packages.get(type.startsWith("pulumi:providers:") ? type.slice("pulumi:providers:".length) : type.slice(0, type.indexOf(":")));
  const resource = (type: string): ResourceSchema | undefined => {
    const found = packageOf(type);
    return found?.cache.resource(type, () => found.types.resource(type));
  };
  return {
    packages: [...packages.values()].map(({ types }) => `${types.name} ${types.version}`).join(" and "),
    resource,
    shape(type, name) {
      const found = packageOf(type);
      return found?.cache.shape(name, () => found.types.shape(name));
    },
    parseProviderInputs(type, inputs) {
      const shape = resource(type)?.inputs ?? {};
      return Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [key, shape[key]?.type === "string" || typeof value !== "string" ? value : parseJson(value)]),
      );
    },
    save() {
      for (const { cache } of packages.values()) cache.save();
    },
  };
}

/** The value of a JSON text; a text that is no JSON (an unknown value, an enum) stays as it is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
