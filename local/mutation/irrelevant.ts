import type { Mutant, MutationKind } from "./mutants.ts";

/** Mutants that are no harm to what the Security Rule protects, and why. */
export interface Irrelevance {
  /** Type token; `*` stands for any characters. */
  readonly type: string;
  /** Path without indices, or place with Sids, and everything below it; `*` stands for one step, `**` for any number. Empty for the resource as a whole. */
  readonly path: string;
  /** Only such mutations; all, if left out. */
  readonly kinds?: readonly MutationKind[];
  /** A sentence. */
  readonly reason: string;
}

/** Day on which the list was last gone through. */
export const irrelevantAsOf = "2026-11-26";

export const irrelevant: readonly Irrelevance[] = [];

/** Finds the entry of a list that a mutant falls under. */
export function irrelevanceOf(list: readonly Irrelevance[]): (mutant: Pick<Mutant, "type" | "path" | "place" | "kind">) => Irrelevance | undefined {
  const compiled = list.map((entry) => ({ entry, type: typePattern(entry.type), path: pathPattern(entry.path) }));
  return ({ type, path, place, kind }) =>
    compiled.find(
      (one) => one.type.test(type) && (one.entry.kinds === undefined || one.entry.kinds.includes(kind)) && (one.path.test(path) || one.path.test(place)),
    )?.entry;
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

const typePattern = (pattern: string): RegExp => new RegExp(`^${escaped(pattern).replaceAll("*", ".*")}$`);

function pathPattern(pattern: string): RegExp {
  if (pattern === "") return /^/;
  const steps = escaped(pattern)
    .replaceAll("**\\.", "\u0000")
    .replaceAll("**", "\u0001")
    .replaceAll("*", "[^.[\\]]*")
    .replaceAll("\u0000", "(?:.*\\.)?")
    .replaceAll("\u0001", ".*");
  return new RegExp(`^${steps}(?=$|[.[])`);
}
