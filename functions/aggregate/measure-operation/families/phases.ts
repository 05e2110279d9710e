import { type Item, lengthOf, type Operation, secondsOf, told, untold } from "../operation.ts";
import { byLabel, type Family } from "../result.ts";

/** How long each phase takes, how often it is entered, and what follows what. */
export function phases(operation: Operation): Family {
  if (operation.phases === null) return { measures: [untold("phase-duration", "No network tells phases.")], findings: [] };
  if (operation.phases.length === 0) return { measures: [untold("phase-duration", "No phase was recognised.")], findings: [] };
  const runs = joined(operation.phases);
  const measures = [...byLabel(operation.phases)].flatMap(([label, segments]) => {
    const own = runs.filter((run) => run.label === label);
    const longest = Math.max(...own.map((run) => lengthOf(operation, run)));
    return [
      told(operation, "phase-duration", label, secondsOf(operation, segments), segments),
      told(operation, "phase-entry-count", label, own.length, segments),
      told(operation, "phase-longest-run", label, longest, segments),
    ];
  });
  const transitions = Map.groupBy(
    runs.slice(1).flatMap((run, i) => {
      const before = runs[i] as Item;
      return before.label === run.label ? [] : [{ of: `${before.label} > ${run.label}`, items: [before, run] }];
    }),
    ({ of }) => of,
  );
  return {
    measures: [
      ...measures,
      ...[...transitions].map(([of, those]) =>
        told(
          operation,
          "transition-count",
          of,
          those.length,
          those.flatMap(({ items }) => items),
        ),
      ),
    ],
    findings: [],
  };
}

/** Segments of one label that touch, or have only the outside of the patient between them, as one run. Its `id` is that of the first. */
function joined(segments: readonly Item[]): Item[] {
  const runs: Item[] = [];
  for (const segment of [...segments].sort((a, b) => a.startFrame - b.startFrame)) {
    const last = runs.at(-1);
    if (last && last.label === segment.label && segment.startFrame <= last.endFrame) runs[runs.length - 1] = { ...last, endFrame: segment.endFrame };
    else runs.push(segment);
  }
  return runs;
}
