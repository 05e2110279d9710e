import type { Group, Hunt } from "./hunt.ts";
import { irrelevantAsOf } from "./irrelevant.ts";

export interface Score {
  readonly killed: number;
  readonly total: number;
}

export const scoreOf = (groups: readonly Group[]): Score => ({
  killed: groups.reduce((sum, { killed }) => sum + killed, 0),
  total: groups.reduce((sum, { total }) => sum + total, 0),
});

const groupsWithSurvivors = (groups: readonly Group[]): Group[] => groups.filter(({ survivors }) => survivors.length > 0);

/** Whether every mutant was noticed and no rule threw. */
export const isComplete = ({ groups, crashes }: Hunt): boolean => groupsWithSurvivors(groups).length === 0 && crashes.length === 0;

/** What one hunt has shown, as Markdown. */
export function huntReport(hunt: Hunt): string {
  const { stack, rules, groups, irrelevant, crashes } = hunt;
  const { killed, total } = scoreOf(groups);
  const survived = groupsWithSurvivors(groups);
  const excluded = [...irrelevant.values()].reduce((sum, count) => sum + count, 0);
  const dead = groups.length - survived.length;
  return `## Stack ${stack}

${killed} of ${total} mutants are noticed (${percent(killed, total)}) by ${rules.length} rules; of ${groups.length} kinds, ${dead} wholly. ${excluded} more are no harm.
${survived.length === 0 ? "" : `\n${table(["type", "property", "mutation", "unnoticed", "of", "for example"], survived.map(survivorRow))}\n`}${
  crashes.length === 0 ? "" : `\nRules that threw:\n\n${crashes.map((crash) => `- ${crash}`).join("\n")}\n`
}
### Who notices

${table(["type", "kinds", "mutants", "noticed"], byType(groups))}`;
}

const survivorRow = ({ type, path, kind, total, survivors }: Group): string[] => [
  ...kindCells({ type, path, kind }),
  String(survivors.length),
  String(total),
  survivors.slice(0, 2).join("; "),
];

const kindCells = ({ type, path, kind }: Pick<Group, "type" | "path" | "kind">): string[] => [type, path === "" ? "(whole)" : code(path), kind];

/**
 * What the first mutants of each kind show that a document of all mutants ({@link mutationDocument}) does not say: one that nobody notices
 * though its kind is not listed, and one that is noticed though none of its kind is said to be.
 */
export function differences(document: string, hunts: readonly Hunt[]): string[] {
  return hunts.flatMap(({ stack, groups }) => {
    const [, section = ""] = document.split(`\n## Stack ${stack}\n`);
    const [listed = ""] = section.split("\n### ");
    const rows = new Map(
      listed
        .split("\n")
        .map((line) => line.split(" | "))
        .map((cells) => [cells.slice(0, 3).join(" | "), cells.slice(3, 5)]),
    );
    return groups.flatMap((group) => {
      const found = rows.get(`| ${kindCells(group).map(cell).join(" | ")}`);
      const [first] = group.survivors;
      const what = `${stack}: ${group.type} ${group.path} ${group.kind}`;
      if (first !== undefined && found === undefined) return [`${what}: nobody notices ${first}`];
      return first === undefined && found !== undefined && found[0] === found[1] ? [`${what}: is noticed`] : [];
    });
  });
}

function byType(groups: readonly Group[]): string[][] {
  return [...Map.groupBy(groups, ({ type }) => type)].map(([type, own]) => {
    const { killed, total } = scoreOf(own);
    return [type, String(own.length), String(total), percent(killed, total)];
  });
}

/** `docs/mutation.md`. */
export function mutationDocument(hunts: readonly Hunt[]): string {
  const entries = [...Map.groupBy([...hunts.flatMap(({ irrelevant }) => [...irrelevant])], ([entry]) => entry)];
  const rows = entries.map(([{ types, except = [], names = [], paths, kinds, reason }, found]) => [
    types.map(code).join(", ") + (names.length === 0 ? "" : ` ${names.join(", ")}`) + (except.length === 0 ? "" : `, but not ${except.map(code).join(", ")}`),
    paths.map((path) => (path === "" ? "(all)" : path === "$" ? "(whole)" : code(path))).join(", "),
    kinds?.join(", ") ?? "any",
    String(found.reduce((sum, [, count]) => sum + count, 0)),
    reason,
  ]);
  const awake = new Set(hunts.flatMap(({ groups }) => groups.flatMap((group) => group.rules)));
  const idle = [...new Set(hunts.flatMap((hunt) => hunt.rules))].filter((rule) => !awake.has(rule));
  return `# Would the rules notice?

Written by \`npm run mutate -- --write\`. Each stack's program is run offline, and each thing that it says is undone, one at a
time: a property left out, a truth negated, a number made larger or smaller, a text replaced, a statement that denies taken
away, one that allows widened, a resource no longer declared, its protection lifted, its drift ignored. A mutant is noticed if
a mandatory rule then finds what it did not find before. Mutants are generated from the programs; nobody picks them.

${hunts.map(huntReport).join("\n\n")}

## Rules that noticed nothing

${idle.length === 0 ? "None." : `What they judge is not in these stacks, or no single change undoes it: ${idle.map(code).join(", ")}.`}

## No harm

Mutants that touch nothing that the Security Rule protects, as of ${irrelevantAsOf}: \`local/mutation/irrelevant.ts\`.

${table(["type", "property", "mutation", "mutants", "why"], rows)}
`;
}

const code = (text: string): string => `\`${text}\``;
const percent = (part: number, whole: number): string => (whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} %`);

/** A \`|\` would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
