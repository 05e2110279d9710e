import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/**
 * What stands here for one rule of a reference: rules of this pack, a rule that AWS Config runs in the accounts, or a
 * written reason why it is not asked for. `note` says where ours means something else.
 */
const entry = z.strictObject({
  rule: z.string(),
  ours: z.array(z.string()).min(1).optional(),
  runtime: z.string().optional(),
  rejected: z.string().optional(),
  note: z.string().optional(),
});

const reference = z.strictObject({
  name: z.string(),
  source: z.string(),
  /** Day on which its rules were listed. */
  snapshot: z.iso.date(),
  /** How many rules the reference has in all; listed are those that are about what this platform makes. */
  rules: z.int(),
  listed: z.int(),
  note: z.string().optional(),
  entries: z.array(entry),
});

export type ParityEntry = z.infer<typeof entry>;
export type Reference = z.infer<typeof reference>;

const folder = ["policies", "parity"];

/** The references, in the order of their files. Throws for a file of another form. */
export function readReferences(root: string): Reference[] {
  return readdirSync(join(root, ...folder))
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => {
      const parsed = reference.safeParse(JSON.parse(readFileSync(join(root, ...folder, file), "utf8")));
      if (!parsed.success) throw new Error(`${[...folder, file].join("/")}:\n${z.prettifyError(parsed.error)}`);
      return parsed.data;
    });
}

/** Everything that is wrong with a reference's entries, as sentences. */
export function objectionsTo({ name, listed, entries }: Reference, known: { rules: ReadonlySet<string>; runtime: ReadonlySet<string> }): string[] {
  const seen = new Set<string>();
  const own = entries.flatMap(({ rule, ours, runtime, rejected }) => {
    const wrong: string[] = [];
    if (seen.has(rule)) wrong.push("is listed twice");
    seen.add(rule);
    if ((ours ?? runtime) === undefined && rejected === undefined) wrong.push("has no rule here and no reason");
    if ((ours ?? runtime) !== undefined && rejected !== undefined) wrong.push("is both kept and rejected");
    if (rejected !== undefined && !/^[A-Z].{20,}\.$/.test(rejected)) wrong.push("must be rejected with a sentence");
    for (const one of ours ?? []) if (!known.rules.has(one)) wrong.push(`names the rule ${one}, which does not exist`);
    if (runtime !== undefined && !known.runtime.has(runtime)) wrong.push(`names the Config rule ${runtime}, which no conformance pack deploys`);
    return wrong.map((problem) => `${name}: ${rule} ${problem}.`);
  });
  return entries.length === listed ? own : [...own, `${name} lists ${entries.length} rules, not ${listed}.`];
}

/** `docs/parity.md`. */
export function parityDocument(references: readonly Reference[]): string {
  const count = (entries: readonly ParityEntry[], has: (entry: ParityEntry) => unknown): number => entries.filter((one) => has(one) !== undefined).length;
  const rows = references.map(({ name, source, snapshot, rules, entries }) => [
    `[${name}](#${anchorOf(name)})`,
    source,
    snapshot,
    String(rules),
    String(entries.length),
    String(count(entries, ({ ours }) => ours)),
    String(entries.filter(({ ours, runtime }) => ours === undefined && runtime !== undefined).length),
    String(count(entries, ({ rejected }) => rejected)),
  ]);
  const used = new Set(references.flatMap(({ entries }) => entries.flatMap(({ ours = [] }) => ours)));
  return `# What others check

Written by \`npm run parity -- --write\` from \`policies/parity/\`. Each rule of the published lists for HIPAA on AWS, and of
Checkov, that is about something that this platform makes: which rules of \`policies/\` stand for it, which rule of AWS
Config does in the running accounts, or why it is not asked for. Rules about servers, databases, clusters, load balancers and
search domains are left out: there are none, and a type that nobody has reviewed is refused.

${table(["list", "source", "as of", "rules", "about what is here", "kept by ours", "by AWS Config", "rejected"], rows)}

Their ${references.reduce((sum, { entries }) => sum + entries.length, 0)} rules come down to ${used.size} of ours.

${references.map(section).join("\n\n")}
`;
}

function section({ name, note, entries }: Reference): string {
  const rows = entries.map((one) => [`\`${one.rule}\``, standIn(one)]);
  return `## ${name}\n\n${note === undefined ? "" : `${note}\n\n`}${table(["theirs", "here"], rows)}`;
}

function standIn({ ours = [], runtime, rejected, note }: ParityEntry): string {
  if (rejected !== undefined) return `Rejected: ${rejected}`;
  const kept = [...ours.map((rule) => `\`${rule}\``), ...(runtime === undefined ? [] : [`AWS Config \`${runtime}\``])].join(", ");
  return note === undefined ? kept : `${kept}. ${note}`;
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
