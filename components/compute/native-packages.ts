import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFolder } from "../replace-folder.ts";

/** Builds of a package for the processors that our functions run on. */
const lambdaBuild = /-linux-arm64$/;

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package with machine code, and all that it needs on Lambda. */
export interface NativePackage {
  /** Names of the packages that are installed. */
  readonly installed: readonly string[];
  /** `name@version` of those that are not. */
  readonly missing: readonly string[];
}

/** Follows a package's dependencies, and its optional ones for Lambda, through `modules`. */
export function nativePackage(modules: string, name: string): NativePackage {
  const installed = new Set<string>();
  const missing = new Set<string>();
  const follow = (dependency: string, version: string): void => {
    if (installed.has(dependency)) return;
    const file = join(modules, dependency, "package.json");
    if (!existsSync(file)) {
      missing.add(`${dependency}@${version}`);
      return;
    }
    installed.add(dependency);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const builds = Object.entries(optionalDependencies).filter(([optional]) => lambdaBuild.test(optional));
    for (const [next, wanted] of [...Object.entries(dependencies), ...builds]) follow(next, wanted);
  };
  follow(name, "*");
  return { installed: [...installed], missing: [...missing] };
}

/**
 * Puts packages into a function's own `node_modules`, where they are not there already. What they lack there, such as the
 * build for the machine that runs the local cloud, Node finds in the folders above.
 */
export function copyPackages(modules: string, folder: string, names: readonly string[]): void {
  for (const name of names) {
    const [from, to] = [join(modules, name), join(folder, "node_modules", name)];
    if (versionOf(to) === versionOf(from)) continue;
    const draft = `${folder}.${process.pid}`;
    cpSync(from, draft, { recursive: true, dereference: true });
    replaceFolder(draft, to);
  }
}

function versionOf(folder: string): string | undefined {
  const file = join(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest).version : undefined;
}
