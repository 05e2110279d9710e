import type { DatasetCounts, DatasetFrame, LabelOrigin } from "./dataset-version.ts";

/** What is labelled in a frame, whatever the task. */
export const itemsOf = ({ boxes, masks, phase }: DatasetFrame): { readonly label: string; readonly origin: LabelOrigin }[] => [
  ...(boxes ?? []),
  ...(masks ?? []),
  ...(phase ? [phase] : []),
];

/** Nothing counted yet. */
export const noCounts = (classes: readonly string[]): DatasetCounts => ({
  cases: 0,
  frames: 0,
  emptyFrames: 0,
  bytes: 0,
  classes: classes.map((label) => ({ label, frames: 0, items: 0, byPeople: 0, confirmed: 0, suggested: 0 })),
});

/** Counts the frames of one case. Throws if a label is none of the classes. */
export function countsOf(frames: Iterable<DatasetFrame>, classes: readonly string[]): DatasetCounts {
  const counts = { ...noCounts(classes), cases: 1 };
  const byLabel = new Map(counts.classes.map((count) => [count.label, count]));
  for (const frame of frames) {
    const items = itemsOf(frame);
    counts.frames++;
    counts.bytes += frame.bytes;
    if (items.length === 0) counts.emptyFrames++;
    for (const label of new Set(items.map((item) => item.label))) countOf(byLabel, label).frames++;
    for (const { label, origin } of items) {
      const count = countOf(byLabel, label);
      count.items++;
      count[origin.by === "person" ? "byPeople" : origin.isConfirmed ? "confirmed" : "suggested"]++;
    }
  }
  return counts;
}

function countOf<Count>(byLabel: ReadonlyMap<string, Count>, label: string): Count {
  const count = byLabel.get(label);
  if (!count) throw new Error(`"${label}" is none of the classes.`);
  return count;
}

/** Adds counts of the same classes up. */
export const sumOfCounts = (all: readonly DatasetCounts[], classes: readonly string[]): DatasetCounts =>
  all.reduce((sum, one) => {
    const classesOfBoth = sum.classes.map((count, i) => {
      const other = one.classes[i];
      if (other?.label !== count.label) throw new Error(`Counts of different classes can't be added up: "${count.label}" and "${other?.label}".`);
      return {
        label: count.label,
        frames: count.frames + other.frames,
        items: count.items + other.items,
        byPeople: count.byPeople + other.byPeople,
        confirmed: count.confirmed + other.confirmed,
        suggested: count.suggested + other.suggested,
      };
    });
    return {
      cases: sum.cases + one.cases,
      frames: sum.frames + one.frames,
      emptyFrames: sum.emptyFrames + one.emptyFrames,
      bytes: sum.bytes + one.bytes,
      classes: classesOfBoth,
    };
  }, noCounts(classes));
