import { isDeepStrictEqual } from "node:util";
import { replacedBy, statefulTypes } from "../engine/replacements.ts";

/** Of a resource in the file that `npm run preview -- STACK --json FILE` writes, what a comparison needs. */
export interface PreviewedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
}

export interface Changes {
  readonly added: readonly PreviewedResource[];
  readonly removed: readonly PreviewedResource[];
  /** With the paths of the inputs that differ; `protect` stands for the protection from deletion. */
  readonly changed: readonly { readonly resource: PreviewedResource; readonly paths: readonly string[] }[];
}

/** What one program declares otherwise than another one. Resources are the same if their URNs are. */
export function changesBetween(before: readonly PreviewedResource[], after: readonly PreviewedResource[]): Changes {
  const old = new Map(before.map((resource) => [resource.urn, resource]));
  const now = new Set(after.map(({ urn }) => urn));
  return {
    added: after.filter(({ urn }) => !old.has(urn)),
    removed: before.filter(({ urn }) => !now.has(urn)),
    changed: after.flatMap((resource) => {
      const was = old.get(resource.urn);
      if (was === undefined) return [];
      const paths = [...differingPaths(was.inputs, resource.inputs, ""), ...(was.protect === resource.protect ? [] : ["protect"])];
      return paths.length === 0 ? [] : [{ resource, paths }];
    }),
  };
}

function differingPaths(before: unknown, after: unknown, path: string): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, i) => differingPaths(item, after[i], `${path}[${i}]`));
  if (!isRecord(before) || !isRecord(after)) return [path];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => differingPaths(before[name], after[name], path === "" ? name : `${path}.${name}`));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Lines of a list that a reviewer still reads. */
const mostLines = 100;

/** What a change of the program means for a stack, as Markdown for a reviewer. Values are left out: only names of resources and inputs are told. */
export function changesReport(stack: string, { added, removed, changed }: Changes): string {
  const lost = [
    ...removed.filter(({ type }) => statefulTypes.includes(type)).map(({ type, name }) => `- removes ${label({ type, name })}`),
    ...changed.flatMap(({ resource, paths }) => {
      const replacing = paths.filter((path) =>
        replacedBy(resource.type).some((input) => path === input || path.startsWith(`${input}.`) || path.startsWith(`${input}[`)),
      );
      return replacing.length === 0 ? [] : [`- replaces ${label(resource)} for ${replacing.map(code).join(", ")}`];
    }),
  ];
  const sections = [
    section("Data would be lost", lost),
    section(
      "Added",
      added.map((resource) => `- ${label(resource)}`),
    ),
    section(
      "Removed",
      removed.map((resource) => `- ${label(resource)}`),
    ),
    section(
      "Changed",
      changed.map(({ resource, paths }) => `- ${label(resource)}: ${paths.map(code).join(", ")}`),
    ),
  ];
  const numbers = `${added.length} added, ${removed.length} removed, ${changed.length} changed`;
  return [`### Stack ${stack}: ${numbers}`, ...sections.filter((text) => text !== "")].join("\n\n");
}

const code = (text: string): string => `\`${text}\``;
const label = ({ type, name }: Pick<PreviewedResource, "type" | "name">): string => `${code(name)} (${type})`;

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const rest = lines.length - mostLines;
  return `**${title}**\n\n${lines.slice(0, mostLines).join("\n")}${rest > 0 ? `\n- and ${rest} more` : ""}`;
}
