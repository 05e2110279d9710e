import type { FrameSpan } from "../../../../contracts/primitives.ts";
import { intersection, twice } from "../intervals.ts";
import { allUntold, type Draft, type Item, type Operation, secondsOf, told } from "../operation.ts";
import { type Family, findingOf, touching } from "../result.ts";

const moved = ["path-length", "mean-speed", "speed-change"] as const;
const atOnce = ["two-instruments-time", "two-instruments-share"] as const;

/** Economy of motion on stable tracks, and two instruments at once. */
export function motion(operation: Operation): Family {
  const { tracks } = operation;
  if (tracks === null) {
    const why = "No instruments were followed.";
    return { measures: allUntold([...moved, ...atOnce], why), findings: [] };
  }
  const both = together(operation, tracks.list);
  const { list, labels } = tracks;
  const stable = list.stable.flatMap((is, track) => (is ? [track] : []));
  if (stable.length === 0) return { ...both, measures: [...both.measures, ...allUntold(moved, "No instrument was followed long enough.")] };
  const byClass = Map.groupBy(stable, (track) => labels[list.detections[track] as number]?.[list.label[track] as number] as string);
  const measures = [...byClass]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([label, those]): Draft[] => {
      const sum = (column: readonly number[]) => those.reduce((total, track) => total + (column[track] as number), 0);
      const seconds = those.reduce((total, track) => total + operation.secondsBetween(list.startFrame[track] as number, list.endFrame[track] as number), 0);
      // Tracks have no identifiers of their own in reports: the presence of the instrument is what they lie in.
      const spans = those.map((track) => ({ startFrame: list.startFrame[track] as number, endFrame: list.endFrame[track] as number }));
      const items = (operation.instruments?.get(label) ?? []).filter((item) => spans.some((span) => touching([item], span).length > 0));
      return [
        told(operation, "path-length", label, sum(list.pathLength), items),
        told(operation, "mean-speed", label, seconds > 0 ? sum(list.pathLength) / seconds : 0, items),
        told(operation, "speed-change", label, sum(list.speedChange) / those.length, items),
      ];
    });
  return { measures: [...both.measures, ...measures], findings: both.findings };
}

/** Two tracks at once, of one class or of two. */
function together(operation: Operation, list: { startFrame: readonly number[]; endFrame: readonly number[] }): Family {
  const inBodySeconds = secondsOf(operation, operation.inBody);
  if (inBodySeconds === 0) return { measures: allUntold(atOnce, "The camera is never inside the patient."), findings: [] };
  const spans = twice(list.startFrame.map((startFrame, track): FrameSpan[] => [{ startFrame, endFrame: list.endFrame[track] as number }]));
  const inside = intersection(spans, operation.inBody);
  const all = [...(operation.instruments?.values() ?? [])].flat();
  const items = inside.flatMap((span) => touching(all, span)).filter((item, i, found) => found.indexOf(item) === i);
  const seconds = secondsOf(operation, inside);
  const note = "By what is in sight: whose hand holds which instrument is not told.";
  return {
    measures: [
      told(operation, "two-instruments-time", null, seconds, items, note),
      told(operation, "two-instruments-share", null, seconds / inBodySeconds, items, note),
    ],
    findings: inside
      .filter((span) => operation.secondsBetween(span.startFrame, span.endFrame) >= 1)
      .map((span) => findingOf("bimanual", "Two instruments in sight", span, touching(all, span) as Item[])),
  };
}
