import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "./schema/schemas.ts";

/** Hears of what never reaches the engine. */
export interface ArgumentListener {
  /** A resource was constructed; it is registered once all its inputs are there. */
  constructed(type: string, name: string): void;
  /** `property` is an argument that the class does not know and would drop without a word. */
  unknownArgument(type: string, name: string, property: string): void;
  /** `property` is required and absent; the class would throw without naming the resource. */
  missingArgument(type: string, name: string, property: string): void;
}

interface Guard {
  readonly listener: ArgumentListener;
  readonly schemas: Schemas;
}

interface ResourceClass {
  readonly __pulumiType?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the classes of a package have no common constructor.
  new (...args: any[]): object;
}

const current = new AsyncLocalStorage<Guard>();
const require = createRequire(import.meta.url);
const packages = ["@pulumi/aws", "@pulumi/awsx"];
const guarded = new WeakSet<object>();

/** Runs work in which every construction of a resource is looked at before the class picks the arguments that it knows. */
export function guardArguments<T>(listener: ArgumentListener, schemas: Schemas, work: () => T): T {
  for (const name of packages) {
    const loaded = require.cache[require.resolve(name)];
    if (loaded !== undefined) guardModule(loaded.exports, 2);
  }
  return current.run({ listener, schemas }, work);
}

/** Replaces the classes of a package's modules, which are loaded by getters, by guarded ones. */
function guardModule(module: object, depth: number): void {
  if (guarded.has(module)) return;
  guarded.add(module);
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
    const { get, value, configurable } = descriptor;
    if (get !== undefined && configurable && /^[A-Z]/.test(name)) {
      const classOf = memo(() => guardedClass(get.call(module) as ResourceClass));
      Object.defineProperty(module, name, { enumerable: true, configurable: true, get: classOf });
    } else if (depth > 1 && typeof value === "object" && value !== null) guardModule(value, depth - 1);
  }
}

function guardedClass(original: ResourceClass): ResourceClass {
  const type = original.__pulumiType;
  if (type === undefined) return original;
  return new Proxy(original, {
    construct(target, [name, args, options], newTarget) {
      const guard = current.getStore();
      return Reflect.construct(target, [name, guard === undefined || options?.id !== undefined ? args : examine(guard, type, name, args), options], newTarget);
    },
  });
}

/** Tells of arguments unknown and missing, and puts an unknown value where one is missing, so that the program can go on. */
function examine({ listener, schemas }: Guard, token: string, name: string, args: Record<string, unknown> | undefined): object | undefined {
  const type = token.includes(":") ? token : `pulumi:providers:${token}`;
  listener.constructed(type, name);
  const schema = schemas.resource(type);
  if (schema === undefined) return args;
  for (const [property, value] of Object.entries(args ?? {})) {
    if (value !== undefined && !(property in schema.inputs)) listener.unknownArgument(type, name, property);
  }
  const missing = Object.entries(schema.inputs).filter(([property, { required }]) => required && args?.[property] === undefined);
  if (missing.length === 0) return args;
  for (const [property] of missing) listener.missingArgument(type, name, property);
  return { ...args, ...Object.fromEntries(missing.map(([property]) => [property, unknown()])) };
}

const unknown = (): pulumi.Output<never> => pulumi.output(Promise.resolve(pulumi.unknown as never));

function memo<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
