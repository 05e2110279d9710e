import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ResourceSchema, Shape } from "./shape.ts";

/** Number of the file's form and of what is read into it; another number makes earlier files void. */
const format = 3;

interface Content {
  readonly resources: Record<string, ResourceSchema>;
  readonly shapes: Record<string, Shape>;
}

/** Remembers what was read of one version of a package. */
export interface SchemaCache {
  resource(type: string, read: () => ResourceSchema | undefined): ResourceSchema | undefined;
  shape(name: string, read: () => Shape | undefined): Shape | undefined;
  /** Writes what is new, in one step: another process finds the old file or the new one, never half of it. */
  save(): void;
}

/** Opens the cache of `@pulumi/aws@7.48.0`. A file that is missing, damaged or of another format counts as empty. */
export function openCache(packageVersion: string, folder = defaultFolder()): SchemaCache {
  const file = join(folder, `${packageVersion.replaceAll("/", "+")}.${format}.json`);
  const content = load(file);
  let changed = false;
  const remembered = <T>(values: Record<string, T>, key: string, read: () => T | undefined): T | undefined => {
    if (Object.hasOwn(values, key)) return values[key];
    const value = read();
    if (value === undefined) return undefined;
    values[key] = value;
    changed = true;
    return value;
  };
  return {
    resource: (type, read) => remembered(content.resources, type, read),
    shape: (name, read) => remembered(content.shapes, name, read),
    save() {
      if (!changed) return;
      changed = false;
      mkdirSync(folder, { recursive: true });
      const body = JSON.stringify(content);
      const temporary = `${file}.${process.pid}`;
      writeFileSync(temporary, `${digest(body)}\n${body}`);
      renameSync(temporary, file);
    },
  };
}

/** `node_modules/.cache/pulumi-schema` beside the installed packages. */
function defaultFolder(): string {
  const manifest = createRequire(import.meta.url).resolve("@pulumi/aws/package.json");
  return join(dirname(manifest), "..", "..", ".cache", "pulumi-schema");
}

function load(file: string): Content {
  try {
    const text = readFileSync(file, "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    if (text.slice(0, end) === digest(body)) return JSON.parse(body) as Content;
  } catch {
    // Not there, or not readable: it is read anew from the declarations.
  }
  return { resources: {}, shapes: {} };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
