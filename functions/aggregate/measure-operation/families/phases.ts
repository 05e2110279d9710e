import { allUntold, type Item, type Operation, secondsOf, told } from "../operation.ts";
import { type Family, phasesOf } from "../result.ts";

const names = ["phase-duration", "phase-entry-count", "phase-longest-run", "transition-count"] as const;

/** How long each phase takes, how often it is entered, and what follows what. A phase that the network knows and never told took no time. */
export function phases(operation: Operation): Family {
  if (operation.phases === null) return { measures: allUntold(names, "No network tells phases."), findings: [] };
  const { items, watch } = operation.phases;
  if (items.length === 0) return { measures: allUntold(names, "No phase was recognised."), findings: [] };
  const by = watch.producers;
  const runs = visits(items);
  const measures = phasesOf(operation).flatMap(({ label, segments }) => {
    const own = runs.filter((run) => run.label === label);
    const longest = own.reduce((most, { segments }) => Math.max(most, secondsOf(operation, segments)), 0);
    const ground = { by, items: segments };
    return [
      told(operation, "phase-duration", label, secondsOf(operation, segments), ground),
      told(operation, "phase-entry-count", label, own.length, ground),
      told(operation, "phase-longest-run", label, longest, ground),
    ];
  });
  const transitions = Map.groupBy(
    runs.slice(1).map((run, i) => {
      const before = runs[i] as Visit;
      return { of: `${before.label} > ${run.label}`, items: [before.segments.at(-1) as Item, run.segments[0] as Item] };
    }),
    ({ of }) => of,
  );
  return {
    measures: [
      ...measures,
      told(operation, "transition-count", null, runs.length - 1, { by, items }),
      ...[...transitions].map(([of, those]) => told(operation, "transition-count", of, those.length, { by, items: those.flatMap(({ items }) => items) })),
    ],
    findings: [],
  };
}

/** One stay in a phase. */
interface Visit {
  readonly label: string;
  readonly segments: readonly Item[];
}

/** Segments that follow one another in the same phase are one visit: only the camera's leaving lies between them (`contracts/analysis.ts`). */
function visits(segments: readonly Item[]): Visit[] {
  const found: { label: string; segments: Item[] }[] = [];
  for (const segment of [...segments].sort((a, b) => a.startFrame - b.startFrame)) {
    const last = found.at(-1);
    if (last?.label === segment.label) last.segments.push(segment);
    else found.push({ label: segment.label, segments: [segment] });
  }
  return found;
}
