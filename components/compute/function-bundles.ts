import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

/** Every handler of the platform, `<area>/<name>` as its folder in `functions/`, in the order of a case's life. */
export const functionNames = [
  "ingest/start-analysis",
  "prepare/index-source",
  "prepare/admit",
  "prepare/index-rendition",
  "prepare/decide-gate",
  "prepare/plan-review",
  "analyse/collect-shots",
  "aggregate/merge-timeline",
  "serve/list-cases",
  "serve/get-case",
  "serve/infer-image",
] as const;
export type FunctionName = (typeof functionNames)[number];

/** `ingest/start-analysis` as one word: `ingest-start-analysis`. */
export const functionId = (name: FunctionName): string => name.replace("/", "-");

/** The code of every function, ready to deploy. */
export type FunctionBundles = ReadonlyMap<FunctionName, pulumi.asset.FileArchive>;

/** Packages with machine code: esbuild can't bundle them, Node resolves them beside the bundle. */
const external = ["sharp"];

/** ES modules lack `require`, which CommonJS packages inside a bundle still call for Node's own modules. */
const banner = 'import { createRequire as nodeRequire } from "node:module"; const require = nodeRequire(import.meta.url);';

/**
 * Bundles all handlers in one esbuild call, each to `.build/functions/<area>-<name>/index.mjs` under `root`.
 * A file is replaced only where its content changed, and at once, because a running local cloud may be loading it.
 * Throws a RunError that names every missing handler, or what esbuild could not resolve.
 */
export function bundleFunctions(root = process.cwd(), names: readonly FunctionName[] = functionNames): FunctionBundles {
  const source = (name: FunctionName) => join(root, "functions", name, "index.ts");
  const missing = names.filter((name) => !existsSync(source(name)));
  if (missing.length > 0)
    throw new pulumi.RunError(`No handler: ${missing.map((name) => `functions/${name}/index.ts`).join(", ")} must exist and export "handler".`);

  const folder = join(root, ".build", "functions");
  for (const file of bundle(root, folder, Object.fromEntries(names.map((name) => [join(functionId(name), "index"), source(name)]))))
    replace(file.path, file.contents);
  return new Map(names.map((name) => [name, new pulumi.asset.FileArchive(join(folder, functionId(name)))]));
}

function bundle(root: string, outdir: string, entryPoints: Record<string, string>): { path: string; contents: Uint8Array }[] {
  try {
    return buildSync({
      absWorkingDir: root,
      entryPoints,
      outdir,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      mainFields: ["module", "main"],
      banner: { js: banner },
      external,
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "silent",
      write: false,
    }).outputFiles;
  } catch (error) {
    throw new pulumi.RunError(`The handlers can't be bundled. ${(error as Error).message}`);
  }
}

function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
