import type { Analysis } from "../../contracts/analysis.ts";
import type { FrameIndex } from "../../contracts/frame-table.ts";
import type { Measures } from "../../contracts/measures.ts";
import { clock } from "../../contracts/presentation.ts";

/** One thing that a report may cite, as the timeline itself has it. */
export interface Fact {
  readonly id: string;
  /** Type of the event or finding, level of the segment, name of the measure. */
  readonly type: string;
  readonly label: string | null;
  /** Seconds since the first frame. */
  readonly span: { readonly start: number; readonly end: number } | null;
  readonly measured: { readonly value: number; readonly unit: string } | null;
  readonly review: string;
  /** All of it, for people. */
  readonly words: string;
}

/** Everything that a report may cite, from the analysis, its measures and its frame table: by identifier. */
export function factsOf(analysis: Analysis, measures: Measures | null, frames: FrameIndex): Map<string, Fact> {
  const placed = (id: string, type: string, label: string | null, place: { startFrame: number; endFrame: number }, review: string): Fact => {
    const [start, end] = [frames.secondsOf(place.startFrame), frames.endSecondsOf(place.endFrame)];
    const named = label === null ? type : `${type} "${label}"`;
    const state = review === "unreviewed" ? "" : `, ${review}`;
    const words = `${named}, ${clock(start)} to ${clock(end)} (frames ${place.startFrame} to ${place.endFrame})${state}`;
    return { id, type, label, span: { start, end }, measured: null, review, words };
  };
  const measured = (id: string, type: string, label: string | null, value: number, unit: string): Fact => {
    const words = `${type}${label === null ? "" : ` of "${label}"`} = ${Number(value.toFixed(4))} ${unit}`;
    return { id, type, label, span: null, measured: { value, unit }, review: "unreviewed", words };
  };
  const facts = [
    placed("operation", "video", null, { startFrame: 0, endFrame: analysis.media.source.frameCount }, "unreviewed"),
    ...analysis.segments.map((one) => placed(one.id, one.level, one.label, one, one.review)),
    ...analysis.events.map((one) => placed(one.id, one.type, one.label, one, one.review)),
    ...analysis.gate.outOfBody.map((one, i) => placed(`out-of-body-${i + 1}`, "out-of-body", null, one, "unreviewed")),
    ...analysis.coverage.map(({ analyser, share }) => measured(`coverage/${analyser}`, "coverage", analyser, share, "share")),
    ...(measures?.findings ?? []).map((one) => placed(one.id, one.type, one.label, one, one.review)),
    ...(measures?.measures ?? []).flatMap(({ id, name, of, value, unit }) => (value === null ? [] : [measured(id, name, of, value, unit)])),
  ];
  return new Map(facts.map((fact) => [fact.id, fact]));
}
