import type { FrameSpan } from "../../../../contracts/primitives.ts";
import { intersection, touching, twice, union } from "../intervals.ts";
import { allUntold, type Draft, type Item, type Operation, secondsOf, told, untold } from "../operation.ts";
import { type Family, findingOf } from "../result.ts";

const moved = ["path-length", "mean-speed", "mean-jerk"] as const;
const atOnce = ["two-instruments-time", "two-instruments-share"] as const;
const byHand = ["bimanual-time", "bimanual-share"] as const;

/** Hands of the main surgeon, as CholecTrack20 calls an instrument's operator: left and right. */
const hands = { MSLH: /\bMSLH\b/i, MSRH: /\bMSRH\b/i } as const;

type Tracks = NonNullable<Operation["tracks"]>;

/** Economy of motion on stable tracks, and two instruments at once. */
export function motion(operation: Operation): Family {
  const { tracks } = operation;
  if (tracks === null) return { measures: allUntold([...moved, ...atOnce, ...byHand], "No instruments were followed."), findings: [] };
  const { list, watch } = tracks;
  const stable = list.stable.flatMap((is, track) => (is ? [track] : []));
  const both = together(operation, tracks, stable);
  if (stable.length === 0) return { ...both, measures: [...both.measures, ...allUntold(moved, "No instrument was followed long enough.")] };
  const measures = [...Map.groupBy(stable, labelsOf(tracks))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([label, those]): Draft[] => {
      const path = those.reduce((total, track) => total + (list.pathLength[track] as number), 0);
      const spans = those.map(spanOf(tracks));
      const seconds = spans.reduce((total, { startFrame, endFrame }) => total + operation.secondsBetween(startFrame, endFrame), 0);
      // Tracks have no identifiers of their own in reports: the presence of the instrument is what they lie in.
      const items = (operation.instruments?.byLabel.get(label)?.items ?? []).filter((item) => touching(spans, item).length > 0);
      const ground = { by: watch.producers, items };
      const jerk = jerkOf(tracks, those);
      return [
        told(operation, "path-length", label, path, ground),
        told(operation, "mean-speed", label, seconds > 0 ? path / seconds : 0, ground),
        ...(jerk === null ? [] : [told(operation, "mean-jerk", label, jerk, ground)]),
      ];
    });
  const why = list.jerkSeconds
    ? "No instrument was looked at often enough, four times half a second apart."
    : "The analysis is of a version that did not tell it.";
  const jerkless = measures.some(({ name }) => name === "mean-jerk") ? [] : [untold("mean-jerk", why)];
  return { measures: [...both.measures, ...measures, ...jerkless], findings: both.findings };
}

/** Root mean square of the jerk of several tracks, in diagonals / s^3 (`contracts/analysis.ts`); null where none was looked at often enough. */
function jerkOf({ list: { jerkSquared, jerkSeconds } }: Tracks, those: readonly number[]): number | null {
  const sum = (column: readonly number[] = []) => those.reduce((total, track) => total + (column[track] ?? 0), 0);
  const seconds = sum(jerkSeconds);
  return seconds > 0 ? Math.sqrt(sum(jerkSquared) / seconds) : null;
}

const labelsOf =
  ({ list, labels }: Tracks) =>
  (track: number): string =>
    labels[list.detections[track] as number]?.[list.label[track] as number] as string;
const spanOf =
  ({ list }: Tracks) =>
  (track: number): FrameSpan => ({ startFrame: list.startFrame[track] as number, endFrame: list.endFrame[track] as number });

/**
 * Two instruments at once, of one class or of two; and, where labels tell whose hand holds what, both hands at once. Of stable tracks alone: two
 * fragments of one instrument's track are no two instruments.
 */
function together(operation: Operation, tracks: Tracks, stable: readonly number[]): Family {
  const { watch } = tracks;
  const lookedAt = secondsOf(operation, watch.spans);
  if (lookedAt === 0) {
    const why = operation.inBody.length === 0 ? "The camera is never inside the patient." : "Nobody looked for instruments inside the patient.";
    return { measures: allUntold([...atOnce, ...byHand], why), findings: [] };
  }
  const all = [...(operation.instruments?.byLabel.values() ?? [])].flatMap(({ items }) => items);
  const measured = (spans: readonly FrameSpan[], [time, share]: typeof atOnce | typeof byHand, label: string, note: string): Family => {
    const inside = intersection(spans, watch.spans);
    const seconds = secondsOf(operation, inside);
    const ground = { by: watch.producers, items: inside.flatMap((span) => touching(all, span)), note };
    return {
      measures: [told(operation, time, null, seconds, ground), told(operation, share, null, seconds / lookedAt, ground)],
      findings: inside
        .filter((span) => operation.secondsBetween(span.startFrame, span.endFrame) >= 1)
        .map((span) => ({ ...findingOf("bimanual", label, span, touching(all, span) as Item[]), producers: [...watch.producers] })),
    };
  };
  const seen = measured(
    twice(stable.map((track) => [spanOf(tracks)(track)])),
    atOnce,
    "Two instruments in sight",
    "By what is in sight: whose hand holds which instrument is not told.",
  );
  const handOf = (hand: RegExp) => ({
    isKnown: tracks.labels.some((labels) => labels.some((label) => hand.test(label))),
    spans: union(stable.filter((track) => hand.test(labelsOf(tracks)(track))).map(spanOf(tracks))),
  });
  const [left, right] = [handOf(hands.MSLH), handOf(hands.MSRH)];
  if (!left.isKnown || !right.isKnown)
    return { ...seen, measures: [...seen.measures, ...allUntold(byHand, "No network tells whose hand holds which instrument.")] };
  const held = measured(intersection(left.spans, right.spans), byHand, "Both hands hold an instrument", "By the hands that the labels name.");
  // Where hands are told, what is in sight adds nothing to look at.
  return { measures: [...seen.measures, ...held.measures], findings: held.findings };
}
