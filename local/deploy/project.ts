import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { enumerate } from "./problem.ts";

/** What Pulumi.yaml and the Pulumi.<stack>.yaml files beside it say. */
export interface Project {
  readonly root: string;
  readonly name: string;
  /** File of the program, relative to the root. */
  readonly main: string;
  /** Names of the stacks that have a file, sorted. */
  readonly stacks: readonly string[];
}

/** The files of a project are wrong or missing. Holds every reason. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
}

interface Declaration {
  readonly type?: string;
  readonly default?: unknown;
  readonly value?: unknown;
  readonly secret?: boolean;
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping => typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads Pulumi.yaml. Throws a ProjectError if it is missing, lacks a name, or no program is named. */
export function readProject(root: string): Project {
  const { name, main = packageMain(root) } = readYaml(root, "Pulumi.yaml");
  if (typeof name !== "string") throw new ProjectError("Pulumi.yaml: name must be a text.");
  if (typeof main !== "string") throw new ProjectError("Pulumi.yaml or package.json must name the program as main.");
  const stacks = readdirSync(root)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();
  return { root, name, main, stacks };
}

/**
 * The configuration of a stack as the Pulumi CLI hands it to a program: full keys, scalars as texts, the rest as JSON.
 * Values of Pulumi.<stack>.yaml, then defaults of Pulumi.yaml; a declared type is enforced.
 */
export function readConfig(project: Project, stack: string): Record<string, string> {
  if (!project.stacks.includes(stack)) {
    throw new ProjectError(`There is no stack "${stack}" (no Pulumi.${stack}.yaml); the stacks are ${project.stacks.join(", ") || "none"}.`);
  }
  const file = `Pulumi.${stack}.yaml`;
  const mistakes: string[] = [];
  const fullKey = (key: string): string => (key.includes(":") ? key : `${project.name}:${key}`);
  const entries = (source: unknown): [string, unknown][] => Object.entries(isMapping(source) ? source : {}).map(([key, value]) => [fullKey(key), value]);

  const values = new Map<string, unknown>();
  const declarations = entries(readYaml(project.root, "Pulumi.yaml")["config"]);
  for (const [key, value] of entries(readYaml(project.root, file)["config"])) {
    if (isMapping(value) && "secure" in value) {
      mistakes.push(`${file}: ${key} is encrypted; only the Pulumi CLI can open it, so this stack can't be run offline.`);
    } else values.set(key, value);
  }
  for (const [key, declared] of declarations) {
    const declaration: Declaration = isMapping(declared) ? declared : { value: declared };
    const value = values.get(key) ?? declaration.value ?? declaration.default;
    if (value === undefined) {
      if (!isMapping(declared) || !("default" in declared)) mistakes.push(`${file}: ${key} is missing; Pulumi.yaml declares it without a default.`);
      continue;
    }
    values.set(key, value);
    if (declaration.type !== undefined && !isOfType(declaration.type, value)) {
      mistakes.push(`${file}: ${key} is ${JSON.stringify(value)}; Pulumi.yaml declares it as ${declaration.type}.`);
    }
  }
  if (mistakes.length > 0) throw new ProjectError(mistakes.join("\n"));
  return Object.fromEntries([...values].map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(sorted(value)) : String(value)]));
}

/** The engine keeps objects of the configuration by their keys' order, not by the file's. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** `project` of a reference such as `organisation/project/stack`, `project/stack` or `stack`, with the stack's name. */
export function parseStackReference(reference: string): { project: string | undefined; stack: string } {
  const parts = reference.split("/");
  return { stack: parts.at(-1)!, project: parts.at(-2) };
}

/** Without `main` in Pulumi.yaml, Pulumi's runner takes the package's. */
function packageMain(root: string): unknown {
  const manifest = join(root, "package.json");
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, "utf8")) as { main?: unknown }).main : undefined;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case "string":
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    case "integer":
      return Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "object":
      return isMapping(value);
    default:
      throw new ProjectError(
        `Pulumi.yaml: "${type}" is no type of a configuration value; there are ${enumerate(["string", "integer", "boolean", "array", "object"])}.`,
      );
  }
}

function readYaml(root: string, file: string): Mapping {
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new ProjectError(`There is no ${file} in ${root}.`);
    throw error;
  }
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    throw new ProjectError(`${file} is no YAML: ${(error as Error).message}`);
  }
  if (!isMapping(content)) throw new ProjectError(`${file} must be a mapping.`);
  return content;
}
