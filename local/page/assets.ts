import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** The page's files by path, its TypeScript bundled for browsers. */
export async function pageAssets(root: string): Promise<ReadonlyMap<string, Asset>> {
  const web = join(root, "web");
  const [html, css, script] = await Promise.all([
    readFile(join(web, "index.html")),
    readFile(join(web, "style.css")),
    build({ entryPoints: [join(web, "main.ts")], bundle: true, minify: true, format: "esm", target: "es2022", write: false, logLevel: "error" }),
  ]);
  const [bundle] = script.outputFiles;
  if (!bundle) throw new Error("The page's script was not built.");
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: html }],
    ["/style.css", { type: "text/css; charset=utf-8", body: css }],
    ["/main.js", { type: "text/javascript; charset=utf-8", body: Buffer.from(bundle.contents) }],
  ]);
}
