import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readEnums, readInterface, readResource } from "./declarations.ts";
import type { ResourceSchema, Shape } from "./shape.ts";

/** Recovers the input schema of a Pulumi package from the type declarations that it ships; the package holds no other. */
export interface PackageTypes {
  readonly name: string;
  readonly version: string;
  /** Undefined for a type that the package does not have. */
  resource(type: string): ResourceSchema | undefined;
  shape(name: string): Shape | undefined;
}

/** Reads only what is asked for: the file of a resource, and single interfaces of the 6 MB of nested types. */
export function packageTypes(name: string): PackageTypes {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const root = dirname(manifest);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");
  const enums = new Map<string, Record<string, string[]>>();

  const enumValues = (path: string): readonly string[] | undefined => {
    const [module, enumName] = path.includes(".") ? (path.split(".") as [string, string]) : ["", path];
    if (!enums.has(module)) enums.set(module, readEnums(read("types", "enums", module, "index.d.ts")));
    return enums.get(module)?.[enumName];
  };

  let inputs: { text: string; interfaces: Map<string, [start: number, end: number]> } | undefined;
  return {
    name,
    version,
    resource(type) {
      const file = fileOf(root, type);
      return file === undefined ? undefined : readResource(read(file), className(type), enumValues);
    },
    shape(path) {
      if (inputs === undefined) {
        const text = read("types", "input.d.ts");
        inputs = { text, interfaces: indexInterfaces(text) };
      }
      const span = inputs.interfaces.get(path);
      return span && readInterface(inputs.text.slice(...span), enumValues);
    },
  };
}

const className = (type: string): string => (type.startsWith("pulumi:providers:") ? "Provider" : type.slice(type.lastIndexOf(":") + 1));

/** `aws:s3/bucket:Bucket` -> `s3/bucket.d.ts`. File names follow the type, though not always its upper case. */
function fileOf(root: string, type: string): string | undefined {
  if (type.startsWith("pulumi:providers:")) return "provider.d.ts";
  const [, path = ""] = type.split(":");
  const [module = "", file = className(type)] = path.split("/");
  if (!/^[a-z0-9]+$/.test(module)) return undefined;
  const wanted = `${file === "index" ? "index_" : file}.d.ts`.toLowerCase();
  try {
    const found = readdirSync(join(root, module)).find((entry) => entry.toLowerCase() === wanted);
    return found === undefined ? undefined : join(module, found);
  } catch {
    return undefined;
  }
}

/** Where each interface of `types/input.d.ts` lies: at the top level, or indented once in the namespace of its module. */
function indexInterfaces(text: string): Map<string, [start: number, end: number]> {
  const interfaces = new Map<string, [number, number]>();
  let namespace = "";
  for (const { 0: line, 1: opened, 2: indent, 3: name, index } of text.matchAll(
    /^export declare namespace (\w+) \{|^( {4})?(?:export )?interface (\w+) \{/gm,
  )) {
    if (opened !== undefined) namespace = opened;
    else {
      const close = `\n${indent ?? ""}}`;
      interfaces.set(indent === undefined ? name! : `${namespace}.${name}`, [index, text.indexOf(close, index + line.length) + close.length]);
    }
  }
  return interfaces;
}
