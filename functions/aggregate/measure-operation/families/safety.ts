import { limits, type MeasureName } from "../../../../contracts/measure-definitions.ts";
import { allUntold, type Draft, type Item, type Operation, rounded, untold } from "../operation.ts";
import type { Family } from "../result.ts";

const names = ["critical-view-held", "critical-view-lead", "critical-view-probability"] as const;
const criteria = ["C1", "C2", "C3"] as const;
/** Instruments that clip or cut. */
const clips = /^(clipper|scissors)$/i;
/** A sample speaks until the next one, but for so long at most: what nobody looked at holds no view. */
const longestHoldSeconds = 2;

/** The critical view of safety: whether, when and how surely it was seen before the first clip or cut. */
export function safety(operation: Operation): Family {
  const { criticalView } = operation;
  if (criticalView === null) return { measures: allUntold(names, "No network tells the criteria of the critical view."), findings: [] };
  const { series, threshold } = criticalView;
  const columns = criteria.map((criterion) => series.scores[series.labels.indexOf(criterion)]);
  const missing = criteria.filter((_, i) => columns[i] === undefined);
  if (missing.length > 0) return { measures: allUntold(names, `The network does not tell ${missing.join(", ")}.`), findings: [] };
  const [c1, c2, c3] = columns as [number[], number[], number[]];

  const clip = firstClip(operation);
  const held: { startFrame: number; endFrame: number; readonly samples: number[] }[] = [];
  let before = 0;
  for (const [i, frame] of series.frames.entries()) {
    if (clip && frame >= clip.startFrame) break;
    before = i + 1;
    const leaves = operation.inBody.find(({ endFrame }) => endFrame > frame)?.endFrame ?? operation.frameCount;
    const next = Math.min(series.frames[i + 1] ?? operation.frameCount, clip?.startFrame ?? operation.frameCount, leaves);
    const looked = operation.secondsBetween(frame, next) <= longestHoldSeconds;
    if (Math.min(c1[i] as number, c2[i] as number, c3[i] as number) < threshold || !looked) continue;
    const last = held.at(-1);
    if (last?.endFrame === frame) {
      last.endFrame = next;
      last.samples.push(i);
    } else held.push({ startFrame: frame, endFrame: next, samples: [i] });
  }
  const lengths = held.map(({ startFrame, endFrame }) => operation.secondsBetween(startFrame, endFrame));
  const best = lengths.indexOf(Math.max(0, ...lengths));
  const longest = best < 0 ? 0 : (lengths[best] as number);
  const achieved = held.find((_, i) => (lengths[i] as number) >= limits.criticalViewHeld);
  const probability = (column: readonly number[]): number => {
    const samples = held[best]?.samples;
    if (!samples) return column.slice(0, before).reduce((highest, p) => Math.max(highest, p), 0);
    return samples.reduce((sum, i) => sum + (column[i] as number), 0) / samples.length;
  };
  const producer = { producers: [series.producer], calibrated: operation.isCalibrated(series.producer) };
  const value = (name: MeasureName, of: string | null, amount: number, note: string | null): Draft => ({
    ...untold(name, ""),
    ...producer,
    id: of === null ? name : `${name}/${of}`,
    of,
    value: rounded(amount),
    note,
    evidence: clip ? [clip.id] : [],
    confidence: best < 0 ? null : rounded(Math.min(probability(c1), probability(c2), probability(c3))),
  });
  const verdict = achieved ? `Achieved: held for at least ${limits.criticalViewHeld} s.` : `Not achieved: ${limits.criticalViewHeld} s are asked for.`;
  const lead = achieved && clip ? operation.secondsBetween(achieved.startFrame, clip.startFrame) - limits.criticalViewHeld : null;
  return {
    measures: [
      value("critical-view-held", null, longest, clip ? verdict : `${verdict} No clip or cut was seen.`),
      lead === null
        ? untold("critical-view-lead", achieved ? "No clip or cut was seen." : "The critical view was not achieved before the first clip or cut.")
        : value("critical-view-lead", null, lead, null),
      ...criteria.map((criterion, i) => value("critical-view-probability", criterion, probability([c1, c2, c3][i] as number[]), null)),
    ],
    findings: held
      .filter((_, i) => (lengths[i] as number) >= limits.criticalViewHeld)
      .map(({ startFrame, endFrame }) => ({
        type: "critical-view",
        label: "Critical view of safety",
        startFrame,
        endFrame,
        severity: null,
        confidence: null,
        review: "needs-review",
        evidence: clip ? [clip.id] : [],
        producers: [series.producer],
      })),
  };
}

/** The first clip or cut: by its instrument, or by the phase where nothing tells instruments. */
function firstClip({ instruments, phases }: Operation): Item | undefined {
  const tools = [...(instruments ?? [])].filter(([label]) => clips.test(label)).flatMap(([, items]) => items);
  const candidates = tools.length > 0 ? tools : (phases ?? []).filter(({ label }) => label === "ClippingCutting");
  return [...candidates].sort((a, b) => a.startFrame - b.startFrame)[0];
}
