import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Deployment } from "../../local/deploy/deployment.ts";

/** Resources by type and name, or how those of one stack differ from another's. */
export type Manifest = Readonly<Record<string, unknown>>;

/**
 * What a stack's program registers, for a reviewer to read when the program changes. Names of the stack and its account
 * are left out, so that stacks compare; documents are shown as what they say, so that one changed line is one line.
 */
export function manifestOf({ resources, stack }: Deployment, root: string): Manifest {
  const [accounts = [], ...others] = resources
    .filter(({ type }) => type === "pulumi:providers:aws")
    .map(({ inputs }) => inputs["allowedAccountIds"] as string[]);
  // Ids that AWS gives are told by the names of their resources: they differ from stack to stack, and say nothing.
  const ids = resources.flatMap(({ id, name, outputs }) =>
    [id, outputs["prefixListId"], outputs["defaultNetworkAclId"]]
      .filter((value) => typeof value === "string" && /[0-9a-z_]{7}/i.test(value) && !value.includes(":"))
      .map((value) => [value as string, `<${name}>`] as const),
  );
  const given = ids.filter(([id]) => /\d[a-z]|[a-z]\d/i.test(id) && !id.startsWith(`svp-${stack}`) && !/[/.]/.test(id)).sort(([a], [b]) => b.length - a.length);
  const plain = (text: string): string => {
    const named = given.reduce((all, [id, name]) => all.replaceAll(id, name), text);
    const own = named
      .replaceAll(`${root}/`, "")
      // What is linked into the folder of a test lies here.
      .replaceAll(`${process.cwd()}/`, "")
      .replaceAll(`svp-${stack}`, "svp-STACK")
      .replace(/[0-9a-f]{64}/g, "DIGEST")
      // A version of an object that holds code.
      .replace(/^[0-9a-f]{32}$/, "VERSION");
    return others.length > 0 ? own : accounts.reduce((all, account) => all.replaceAll(account, "ACCOUNT"), own);
  };
  const readable = (value: unknown): unknown => {
    if (typeof value === "string") {
      const document = documentIn(value);
      return document === undefined ? plain(value) : readable(document);
    }
    if (Array.isArray(value)) return value.map(readable);
    if (typeof value !== "object" || value === null) return value;
    // The mark by which the engine knows an asset, and its digest, say nothing to a reader.
    const entries = Object.entries(value).filter(([key]) => !/^[0-9a-f]{32}$/.test(key) && key !== "hash");
    return Object.fromEntries(entries.map(([key, inner]) => [plain(key), readable(inner)]));
  };
  const entries = resources
    .filter(({ custom, type }) => custom || type.startsWith("awsx:"))
    .map(({ type, name, provider, protect, inputs }) => {
      const account = provider === undefined || others.length === 0 ? {} : { account: provider.split("::").at(-1) };
      return [`${type} ${name}`, { ...account, ...(protect && { protect }), inputs: readable(inputs) }] as const;
    });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a text says that is a JSON document; undefined for any other text. */
function documentIn(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** How a manifest differs from another: resources that only it has, that it lacks, and the inputs in which others differ. */
export function differences(from: Manifest, to: Manifest): Manifest {
  const only = (one: Manifest, other: Manifest): string[] => Object.keys(one).filter((key) => !(key in other));
  const changed = Object.keys(to).filter((key) => key in from && !isDeepStrictEqual(from[key], to[key]));
  return {
    lacks: only(from, to),
    has: Object.fromEntries(only(to, from).map((key) => [key, to[key]])),
    differs: Object.fromEntries(changed.map((key) => [key, inputsThatDiffer(from[key] as Manifest, to[key] as Manifest)])),
  };
}

/** Only what differs of two objects; lists and other values whole. */
function inputsThatDiffer(from: unknown, to: unknown): unknown {
  const isObject = (value: unknown): value is Manifest => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(from) || !isObject(to)) return to ?? null;
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => !isDeepStrictEqual(from[key], to[key]));
  return Object.fromEntries(keys.map((key) => [key, inputsThatDiffer(from[key], to[key])]));
}

/** The manifest that was reviewed. With `UPDATE_GOLDEN=1` it is written anew from what the program now registers. */
export function reviewed(name: string, manifest: Manifest): unknown {
  const file = join(import.meta.dirname, "golden", `${name}.json`);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, `${JSON.stringify(manifest, null, 1)}\n`);
  if (!existsSync(file)) throw new Error(`There is no test/stacks/golden/${name}.json; UPDATE_GOLDEN=1 writes it.`);
  return JSON.parse(readFileSync(file, "utf8"));
}
