import type { DeployedResource } from "../deploy/deployment.ts";

/** The resources as lines of a tree, children under their parents in order of registration. `mark` is what is said of a resource beside its name. */
export function resourceTree(resources: readonly DeployedResource[], mark: (resource: DeployedResource) => string): string[] {
  const known = new Set(resources.map(({ urn }) => urn));
  const children = Map.groupBy(resources, ({ parent }) => (parent !== undefined && known.has(parent) ? parent : ""));
  const lines: string[] = [];
  const add = (parent: string, indent: string): void => {
    const siblings = children.get(parent) ?? [];
    for (const [index, resource] of siblings.entries()) {
      const last = index === siblings.length - 1;
      const isRoot = parent === "";
      lines.push(`${indent}${isRoot ? "" : last ? "└─ " : "├─ "}${resource.name}  ${mark(resource)}`);
      add(resource.urn, isRoot ? indent : `${indent}${last ? "   " : "│  "}`);
    }
  };
  add("", "");
  return lines;
}

/** How many resources there are of each type: most first, then by name. Components and the stack itself are left out. */
export function countsByType(resources: readonly DeployedResource[]): [type: string, count: number][] {
  const made = resources.filter(({ custom, type }) => custom || type.startsWith("awsx:"));
  return [...Map.groupBy(made, ({ type }) => type)]
    .map(([type, all]): [string, number] => [type, all.length])
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
}
