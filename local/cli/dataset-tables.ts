import type { DatasetDiff } from "../../contracts/dataset-diff.ts";
import { type DatasetManifest, splitName } from "../../contracts/dataset-version.ts";

/** What a version holds, in lines. */
export function versionTable({ name, version, parent, task, extraction, cases, statistics, classes, models, notes, contentSha256 }: DatasetManifest): string[] {
  const columns = splitName.options.map((split) => statistics[split]);
  const row = (label: string, of: (counts: (typeof columns)[number]) => number): string =>
    `  ${label.padEnd(24)}${columns.map((counts) => String(of(counts)).padStart(12)).join("")}`;
  return [
    `${name}@${version}, after ${parent ?? "none"}: ${task}, ${cases.length} cases, at most ${extraction.framesPerSecond} frames a second`,
    `content ${contentSha256}`,
    `  ${"".padEnd(24)}${splitName.options.map((split) => split.padStart(12)).join("")}`,
    row("cases", (counts) => counts.cases),
    row("frames", (counts) => counts.frames),
    row("frames of nothing", (counts) => counts.emptyFrames),
    ...classes.map((label, i) => row(label, (counts) => counts.classes[i]?.items ?? 0)),
    row("said by people", (counts) => counts.classes.reduce((sum, { byPeople }) => sum + byPeople, 0)),
    row("confirmed by people", (counts) => counts.classes.reduce((sum, { confirmed }) => sum + confirmed, 0)),
    ...models.map(({ id, version: of, digest }) => `suggestions of ${id} ${of}, ${digest ?? "without a digest"}`),
    ...notes,
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** What two versions differ in, in lines. */
export function differenceTable({ name, from, to, isSame, cases, frames, labels, classes }: DatasetDiff): string[] {
  if (isSame) return [`${name}: ${from} and ${to} hold the same.`];
  const count = (one: { items: number; share: number } | null): string => (one ? `${one.items} (${percent(one.share)})` : "no class");
  const byPeople = labels.changed.filter((one) => one.byPeople).length;
  return [
    `${name}: ${from} -> ${to}`,
    `cases   ${cases.added.length} added, ${cases.removed.length} removed, ${cases.movedToOtherSplit.length} in another split`,
    `frames  ${frames.added} added, ${frames.removed} removed, ${frames.kept} in both, ${frames.otherPicture} of them with another picture`,
    `labels  of ${labels.changed.length} frames changed, of ${byPeople} by what people said; of ${labels.otherOrigin} somebody else says the same`,
    ...classes.map(({ label, before, after }) => `  ${label.padEnd(24)}${count(before)} -> ${count(after)}`),
  ];
}
