import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { replaceFolder } from "../replace-folder.ts";

/** One file of the built page. */
export interface PageFile {
  /** Key in the bucket, which is the path that browsers ask for. */
  readonly key: string;
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** What `assets/` holds is named after its content: a year, the longest that caches keep (RFC 9111 bounds nothing; a year is the custom since RFC 2616). */
const forever = "public, max-age=31536000, immutable";
/** The rest is asked after at each visit. */
const askedAfter = "no-cache";

/** What the build is made from. */
const sources = ["web", "contracts", "package-lock.json"];
/** Holds the digest of what the page was built from, beside it. */
const marker = ".sources";

/**
 * Builds the page into `.build/web` under `root`, unless it was built from these very sources, and gives its files. Throws a RunError
 * if there is no page, with what Vite says if it can't be built, and for files of a kind that is not served.
 */
export function buildPage({ root = process.cwd() }: { root?: string } = {}): readonly PageFile[] {
  const config = join(root, "web/vite.config.ts");
  if (!existsSync(config)) throw new pulumi.RunError("No page: web/vite.config.ts must exist.");
  const folder = join(root, ".build/web");
  const digest = digestOf(root);
  const kept = join(folder, marker);
  const isBuilt = () => existsSync(kept) && readFileSync(kept, "utf8") === digest;
  if (!isBuilt()) {
    const draft = `${folder}.${process.pid}`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, "node_modules/vite/bin/vite.js"), "build", "--config", config, "--outDir", draft, "--emptyOutDir"],
      {
        encoding: "utf8",
      },
    );
    if (status !== 0) {
      rmSync(draft, { recursive: true, force: true });
      throw new pulumi.RunError(`The page can't be built. ${stderr}`);
    }
    writeFileSync(join(draft, marker), digest);
    // The program of another stack may have built it meanwhile.
    if (isBuilt()) rmSync(draft, { recursive: true });
    else replaceFolder(draft, folder);
  }
  const keys = filesIn(folder).filter((key) => key !== marker);
  const unknown = keys.filter((key) => !(extname(key) in types));
  if (unknown.length > 0) throw new pulumi.RunError(`The page's build holds files of a kind that is not served: ${unknown.join(", ")}.`);
  return keys.map((key) => ({
    ...{ key, path: join(folder, key), contentType: types[extname(key)]!, cacheControl: key.startsWith("assets/") ? forever : askedAfter },
  }));
}

/** Paths of all files in a folder, in order. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

function digestOf(root: string): string {
  const hash = createHash("sha256");
  for (const source of sources) {
    const path = join(root, source);
    const files = source.includes(".") ? [""] : filesIn(path);
    for (const file of files)
      hash
        .update(`${source}/${file}\n`)
        .update(readFileSync(join(path, file)))
        .update("\n");
  }
  return hash.digest("hex");
}
