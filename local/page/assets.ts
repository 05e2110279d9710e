import { extname, join } from "node:path";
import { build } from "vite";
import type { PageConfig } from "../../contracts/page-config.ts";

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** On one's own machine the API takes everybody for signed in. */
const config: PageConfig = { api: "/api", signIn: null };

/** Builds the page, the same build as everywhere, and gives its files by path. Throws if it holds a file whose kind isn't known. */
export async function pageAssets(root: string): Promise<ReadonlyMap<string, Asset>> {
  const made = await build({ configFile: join(root, "web", "vite.config.ts"), build: { write: false } });
  if (!("output" in made)) throw new Error("The page's build gave no files.");
  const assets = made.output.map((file): [string, Asset] => {
    const type = types[extname(file.fileName)];
    if (type === undefined) throw new Error(`The page's build holds ${file.fileName}, of a kind that is not served.`);
    const body = file.type === "chunk" ? Buffer.from(file.code) : Buffer.from(file.source);
    return [file.fileName === "index.html" ? "/" : `/${file.fileName}`, { type, body }];
  });
  return new Map([...assets, ["/config.json", { type: "application/json", body: Buffer.from(JSON.stringify(config)) }]]);
}
