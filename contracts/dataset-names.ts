import { createHash } from "node:crypto";
import type { SplitName, SplitShares } from "./dataset-version.ts";

/* Pseudonyms and splits: computed from identifiers alone, so that every version of a dataset agrees on them. */

const hex = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * What a case is called in a dataset, or who corrected it. Both identifiers are random and 122 bits long, so nobody finds them by
 * trying; another dataset has another name for the same.
 */
export const datasetPseudonym = (dataset: string, kind: "case" | "person", identifier: string): string => hex(`${dataset}/${kind}/${identifier}`).slice(0, 16);

/**
 * The split of a case, by a hash of its identifier and of nothing else: whatever dataset and version it gets into, no network is tested
 * on a case that another one learned from.
 */
export function splitOf(caseId: string, { train, validation }: SplitShares): SplitName {
  const percent = (Number.parseInt(hex(`split/${caseId}`).slice(0, 8), 16) / 2 ** 32) * 100;
  return percent < train ? "train" : percent < train + validation ? "validation" : "test";
}

/** The version that follows; 1.0.0 after none. */
export function nextVersion(last: string | null, bump: "major" | "minor" | "patch"): string {
  if (last === null) return "1.0.0";
  const [major, minor, patch] = last.split(".").map(Number) as [number, number, number];
  return bump === "major" ? `${major + 1}.0.0` : bump === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** Orders versions by their numbers: 1.10.0 comes after 1.9.0. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  for (const i of [0, 1, 2]) if (x[i] !== y[i]) return (x[i] as number) - (y[i] as number);
  return 0;
}
