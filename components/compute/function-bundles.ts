import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
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
 * Bundles all handlers in one esbuild call: each into a folder `.build/functions/<area>-<name>` under `root`, with
 * `index.mjs` and the chunks that it shares with others. Parsing and printing the SDK once for all takes a third of the
 * time of doing it for each. A file is replaced only where its content changed, and at once, because a running local
 * cloud may be loading it. Throws a RunError that names every missing handler, or what esbuild could not resolve.
 */
export function bundleFunctions(root = process.cwd(), names: readonly FunctionName[] = functionNames): FunctionBundles {
  const source = (name: FunctionName) => join(root, "functions", name, "index.ts");
  const missing = names.filter((name) => !existsSync(source(name)));
  if (missing.length > 0)
    throw new pulumi.RunError(`No handler: ${missing.map((name) => `functions/${name}/index.ts`).join(", ")} must exist and export "handler".`);

  const outputs = bundle(root, Object.fromEntries(names.map((name) => [functionId(name), source(name)])));
  const archives = names.map((name) => {
    const folder = join(root, ".build", "functions", functionId(name));
    const entry = `${functionId(name)}.mjs`;
    writeFolder(folder, new Map([...withImports(outputs, entry)].map((file) => [file === entry ? "index.mjs" : file, outputs.get(file)!.contents])));
    return [name, new pulumi.asset.FileArchive(folder)] as const;
  });
  return new Map(archives);
}

interface Output {
  readonly contents: Uint8Array;
  /** Names of the chunks that it imports. */
  readonly imports: readonly string[];
}

/** Every output by its file name; all lie in one folder, so that imports hold wherever they are moved together. */
function bundle(root: string, entryPoints: Record<string, string>): Map<string, Output> {
  try {
    const { outputFiles, metafile } = buildSync({
      absWorkingDir: root,
      entryPoints,
      outdir: join(root, ".build"),
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      platform: "node",
      target: "node24",
      format: "esm",
      mainFields: ["module", "main"],
      banner: { js: banner },
      external,
      legalComments: "none",
      logLevel: "silent",
      metafile: true,
      write: false,
    });
    const imports = new Map(
      Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.imports.filter((i) => !i.external).map((i) => basename(i.path))]),
    );
    return new Map(outputFiles.map(({ path, contents }) => [basename(path), { contents, imports: imports.get(basename(path)) ?? [] }]));
  } catch (error) {
    throw new pulumi.RunError(`The handlers can't be bundled. ${(error as Error).message}`);
  }
}

/** A file and every chunk that it needs, directly or through others. */
function withImports(outputs: ReadonlyMap<string, Output>, file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const chunk of outputs.get(file)?.imports ?? []) withImports(outputs, chunk, found);
  return found;
}

function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, contents] of files) replaceFile(join(folder, name), contents);
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name), { recursive: true });
}

function replaceFile(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
