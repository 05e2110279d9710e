import { cp, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * `node copy-packages.ts FROM TO NAME...` copies packages and all that they need from one folder of packages to another: what the
 * image of the container takes of a platform's many. What lies within a package's own folder comes along with it.
 */

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Folder of a package as Node finds it from another folder: the nearest `node_modules` upwards. */
async function folderOf(name: string, from: string, root: string): Promise<{ folder: string; manifest: Manifest } | undefined> {
  for (let at = from; at.startsWith(root); at = dirname(at)) {
    const folder = at === root ? join(root, name) : join(at, "node_modules", name);
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return { folder, manifest: JSON.parse(text) as Manifest };
  }
  return undefined;
}

/** The folders of packages and of all that they depend on, below `root`, sorted. Throws an error that names what is not installed. */
export async function packageFolders(root: string, names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const visit = async (name: string, from: string, isOptional: boolean): Promise<void> => {
    const one = await folderOf(name, from, root);
    if (one === undefined && isOptional) return;
    if (one === undefined) throw new Error(`${name} is not installed.`);
    if (found.has(one.folder)) return;
    found.add(one.folder);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = one.manifest;
    const optional = new Set([...Object.keys(optionalDependencies), ...Object.keys(peerDependencies)]);
    for (const needed of new Set([...Object.keys(dependencies), ...optional])) await visit(needed, one.folder, optional.has(needed));
  };
  for (const name of names) await visit(name, root, false);
  const folders = [...found].map((folder) => relative(root, folder)).sort();
  return folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/node_modules/`)));
}

if (import.meta.main) {
  const [from = "", to = "", ...names] = process.argv.slice(2);
  for (const folder of await packageFolders(from, names)) await cp(join(from, folder), join(to, folder), { recursive: true });
}
