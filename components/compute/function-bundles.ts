import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type BuildOptions, buildSync, version as esbuildVersion } from "esbuild";
import type { AnalyserMode } from "../../contracts/model.ts";
import { keptBuild } from "./kept-build.ts";
import { copyPackages, nativePackage } from "./native-packages.ts";

/** Every handler of the platform, `<area>/<name>` as its folder in `functions/`, in the order of a case's life. */
export const functionNames = [
  "ingest/start-upload",
  "ingest/sign-parts",
  "ingest/list-parts",
  "ingest/complete-upload",
  "ingest/abort-upload",
  "ingest/start-analysis",
  "ingest/release-lease",
  "ingest/follow-analysis",
  "ingest/prepare-backfill",
  "prepare/index-source",
  "prepare/admit",
  "prepare/index-rendition",
  "prepare/search-pictures",
  "prepare/decide-gate",
  "prepare/plan-review",
  "analyse/collect-labels",
  "analyse/collect-shots",
  "analyse/infer-dropped-image",
  "analyse/infer-segments",
  "analyse/plan-transform",
  "analyse/collect-segments",
  "aggregate/merge-timeline",
  "aggregate/measure-operation",
  "report/gather-evidence",
  "report/draft-report",
  "report/ask-third-party",
  "report/write-template",
  "report/check-grounding",
  "report/publish-report",
  "report/answer-question",
  "serve/grant-scopes",
  "serve/list-cases",
  "serve/get-case",
  "serve/grant-playback",
  "serve/get-run",
  "serve/get-measures",
  "serve/get-cohort",
  "serve/get-report",
  "serve/request-export",
  "serve/write-export",
  "serve/get-export",
  "serve/import-annotations",
  "serve/list-corrections",
  "serve/save-corrections",
  "serve/list-doubts",
  "serve/grade-case",
  "serve/sign-off-report",
  "serve/infer-image",
  "serve/request-deletion",
  "serve/get-deletion",
  "serve/redrive-case",
  "serve/request-analysis",
  "serve/list-retention",
  "serve/list-views",
  "serve/list-datasets",
  "serve/get-dataset",
  "serve/list-models",
  "serve/decide-model",
  "learn/plan-dataset",
  "learn/pick-frames",
  "learn/label-frames",
  "learn/seal-dataset",
  "learn/rule-on-model",
  "learn/stage-endpoint-models",
  "learn/switch-model",
  "learn/measure-drift",
  "learn/measure-quality",
  "learn/start-retraining",
  "learn/resume-retrainings",
  "learn/sweep-stale",
  "learn/collect-corrections",
  "learn/plan-experiments",
  "learn/promote-model",
  "delete/check-holds",
  "delete/stop-executions",
  "delete/take-inventory",
  "delete/delete-objects",
  "delete/delete-items",
  "delete/record-deletion",
  "delete/sweep-due-cases",
] as const;
export type FunctionName = (typeof functionNames)[number];

/** Those that only some modes of analysers need. */
const needing: Readonly<Partial<Record<FunctionName, readonly AnalyserMode[]>>> = {
  "analyse/infer-segments": ["endpoint"],
  "analyse/plan-transform": ["transform"],
  "analyse/collect-segments": ["endpoint", "transform"],
};

/** Those that ask a language model. */
const asking: readonly FunctionName[] = ["report/draft-report", "report/answer-question"];

/** What of a platform decides which handlers it runs, beside its analysers. */
export interface Uses {
  /** Whether a language model is asked. */
  readonly model?: boolean;
  /** Whether that model is another company's. */
  readonly thirdParty?: boolean;
  /** Whether cases go by themselves when their time has passed. */
  readonly sweep?: boolean;
  /** Whether networks are fetched from another account. */
  readonly promotion?: boolean;
}

/** The handlers that a platform with these analysers runs. */
export const functionsFor = (
  analysers: readonly { readonly mode: AnalyserMode }[],
  { model = false, thirdParty = false, sweep = false, promotion = false }: Uses = {},
): FunctionName[] =>
  functionNames.filter(
    (name) =>
      (model || !asking.includes(name)) &&
      (thirdParty || name !== "report/ask-third-party") &&
      (sweep || name !== "delete/sweep-due-cases") &&
      (promotion || name !== "learn/promote-model") &&
      (needing[name] === undefined || analysers.some(({ mode }) => needing[name]?.includes(mode))),
  );

/** `ingest/start-analysis` as one word: `ingest-start-analysis`. */
export const functionId = (name: FunctionName): string => name.replace("/", "-");

/** The code of every function, ready to deploy. */
export type FunctionBundles = ReadonlyMap<FunctionName, pulumi.asset.FileArchive>;

/** Packages with machine code: esbuild can't bundle them, so they lie beside the bundle. */
const native = ["sharp"];

/** ES modules lack `require`, which CommonJS packages inside a bundle still call for Node's own modules. */
const banner = 'import { createRequire as nodeRequire } from "node:module"; const require = nodeRequire(import.meta.url);';

/**
 * Bundles all handlers in one esbuild call: each into a folder `.build/functions/<area>-<name>` under `root`, with
 * `index.mjs`, the chunks that it shares with others, and packages with machine code. Parsing and printing the SDK once for
 * all takes a third of the time of doing it for each, and what all share is cut the same way whichever of them a
 * stack runs: a handler that was tried in one account is the same bytes in the next. A file is replaced only where its content changed,
 * and at once, because a running local cloud may be loading it, or the program of another stack may be reading it.
 *
 * Throws a RunError that names every missing handler, what esbuild could not resolve or, if `forUpdate`, the packages
 * that Lambda would miss: a preview does without them.
 */
export function bundleFunctions({ root = process.cwd(), names = functionNames, forUpdate = false }: BundleOptions = {}): FunctionBundles {
  const source = (name: FunctionName) => join(root, "functions", name, "index.ts");
  const present = functionNames.filter((name) => existsSync(source(name)));
  const missing = names.filter((name) => !present.includes(name));
  if (missing.length > 0)
    throw new pulumi.RunError(`No handler: ${missing.map((name) => `functions/${name}/index.ts`).join(", ")} must exist and export "handler".`);

  const entryPoints = Object.fromEntries(present.map((name) => [functionId(name), source(name)]));
  // What goes to Lambda is always made anew; what a preview or a local cloud takes may be what was made of the same sources before.
  const outputs = forUpdate ? bundle(root, entryPoints).built : keptBundle(root, entryPoints);
  const archives = names.map((name) => {
    const folder = join(root, ".build", "functions", functionId(name));
    const entry = `${functionId(name)}.mjs`;
    const files = [...withImports(outputs, entry)];
    writeFiles(folder, new Map(files.map((file) => [file === entry ? "index.mjs" : file, outputs.get(file)!.contents])));
    addPackages(root, folder, new Set(files.flatMap((file) => outputs.get(file)!.packages)), forUpdate);
    return [name, new pulumi.asset.FileArchive(folder)] as const;
  });
  return new Map(archives);
}

export interface BundleOptions {
  /** Folder of the project. */
  root?: string;
  /** Those that are wanted; all of them if not given. */
  names?: readonly FunctionName[];
  /** Whether what is bundled will really run on Lambda. */
  forUpdate?: boolean;
}

function addPackages(root: string, folder: string, packages: ReadonlySet<string>, forUpdate: boolean): void {
  const modules = join(root, "node_modules");
  for (const name of packages) {
    const { installed, missing } = nativePackage(modules, name);
    if (missing.length === 0) copyPackages(modules, folder, installed);
    else if (forUpdate) throw new pulumi.RunError(`Lambda's build of ${name} is missing. Run: npm install --no-save --force ${missing.join(" ")}`);
  }
}

interface Output {
  readonly contents: Uint8Array;
  /** Names of the chunks that it imports. */
  readonly imports: readonly string[];
  /** Names of the packages that it imports. */
  readonly packages: readonly string[];
}

const options = {
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  banner: { js: banner },
  external: native,
  legalComments: "none",
  logLevel: "silent",
} as const satisfies BuildOptions;

/** What decides how imports are resolved, beside the files that are imported. */
const resolution = ["tsconfig.json", "package.json", "node_modules/.package-lock.json"];

const keptBundle = (root: string, entryPoints: Record<string, string>): Map<string, Output> =>
  keptBuild(join(root, ".build/functions.kept"), root, { esbuildVersion, options, entryPoints }, () => bundle(root, entryPoints));

/** Every output by its file name, and the files that were read; all outputs lie in one folder, so that imports hold wherever they are moved together. */
function bundle(root: string, entryPoints: Record<string, string>): { built: Map<string, Output>; inputs: string[] } {
  try {
    const { outputFiles, metafile } = buildSync({
      ...options,
      ...{ absWorkingDir: root, entryPoints, outdir: join(root, ".build"), metafile: true, write: false },
    });
    const described = new Map(Object.entries(metafile.outputs).map(([path, { imports }]) => [basename(path), imports]));
    const built = new Map(
      outputFiles.map(({ path, contents }) => {
        const imports = described.get(basename(path)) ?? [];
        const packages = imports.filter((one) => one.external && native.includes(one.path)).map((one) => one.path);
        return [basename(path), { contents, imports: imports.filter((one) => !one.external).map((one) => basename(one.path)), packages }];
      }),
    );
    return { built, inputs: [...Object.keys(metafile.inputs), ...resolution] };
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

function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, contents] of files) replaceFile(join(folder, name), contents);
  for (const name of readdirSync(folder)) if (name !== "node_modules" && !files.has(name)) rmSync(join(folder, name), { force: true });
}

function replaceFile(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  // Beside the folder, since another program removes from it what it doesn't know.
  const draft = `${dirname(path)}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
