import type { Producer } from "../../../contracts/analyser-result.ts";
import type { Analysis } from "../../../contracts/analysis.ts";
import { personProducer } from "../../../contracts/corrected-view.ts";
import type { FrameIndex } from "../../../contracts/frame-table.ts";
import type { Measure, MeasureDefinition, Measures } from "../../../contracts/measures.ts";
import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";
import type { Report } from "../../../contracts/report.ts";
import type { Terminology } from "../../../contracts/terminology.ts";

export type Segment = Pick<Analysis["segments"][number], "id" | "level" | "label" | "startFrame" | "endFrame" | "confidence" | "producer" | "review">;
export type Event = Pick<Analysis["events"][number], "id" | "type" | "label" | "startFrame" | "endFrame" | "confidence" | "producer" | "review">;

/** A box of a frame. `label` counts in the scene's labels, `producer` in its sources. */
export interface Box {
  readonly label: number;
  /** Null if a person drew it. */
  readonly score: number | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** -1 if it belongs to no track. */
  readonly track: number;
  readonly producer: number;
}

/** A mask over a grid that covers the raster; run lengths as in `contracts/analyser-result.ts`. */
export interface Mask {
  readonly label: number;
  readonly score: number | null;
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly runs: readonly number[];
  readonly producer: number;
}

/** A report as it was published: its document, and the same as a page. */
export interface PublishedReport {
  readonly report: Report;
  /** HTML. */
  readonly page: string;
}

/** A frame that was looked at, and what was seen: nothing, it may be. */
export interface Sighting<Item> {
  readonly frame: number;
  /** Which of the scene's sources looked, whether they saw something or not; none where only people drew. */
  readonly by: readonly number[];
  readonly items: readonly Item[];
}

/**
 * What writers of formats are given: all that is known about a span of an operation. Boxes and masks are read from the lake as
 * they are asked for, each time anew, so that an hour with a million of them needs the memory of half a minute.
 */
export interface Scene {
  readonly caseId: string;
  readonly runId: string;
  /** When the analysis was made. */
  readonly createdAt: string;
  /** What is told about; segments and events that begin before it or end after it keep their own frames. */
  readonly span: FrameSpan;
  readonly frames: FrameIndex;
  readonly media: { readonly frameCount: number; readonly frameRate: Rational; readonly durationTicks: number; readonly sha256: string | null };
  /** Picture size of boxes. */
  readonly raster: { readonly width: number; readonly height: number };
  /** Names of what boxes and masks show, each once. */
  readonly labels: readonly string[];
  /** Which of them boxes may show, rising. */
  readonly boxLabels: readonly number[];
  /** Producers of boxes, then of masks; then, of a corrected scene, people. */
  readonly sources: readonly string[];
  readonly producers: readonly Producer[];
  readonly segments: readonly Segment[];
  /** Events, spans outside the patient and findings of the measures, by their start. */
  readonly events: readonly Event[];
  readonly measures: Measures | null;
  readonly provenance: Analysis["provenance"];
  /** Version of the corrections that are in it; null if it tells of the analysis as it was made. */
  readonly corrections: number | null;
  /** Opaque identifiers of who made them, each once; never names. */
  readonly correctedBy: readonly string[];
  /** The written report, in each language that it was published in; none if the format has no place for it or the span is not the whole operation. */
  readonly reports: readonly PublishedReport[];
  /** Codes of other terminologies beside the platform's own; empty where none are configured. */
  readonly codes: Terminology;
  /** Frames in which boxes were looked for, rising, with all boxes of all producers. */
  boxes(): AsyncIterable<Sighting<Box>>;
  /** The same of masks. */
  masks(): AsyncIterable<Sighting<Mask>>;
}

/** Said wherever networks had a part that are fit for trying the platform only. */
export const syntheticWarning = "Made by networks that were trained on synthetic operations: for trying the platform, never for care.";

/** What every export says of where it comes from, where its format has a place for that. */
export function provenanceOf(scene: Scene) {
  const { caseId, runId, createdAt, provenance, media, span, corrections } = scene;
  return {
    caseId,
    runId,
    createdAt,
    span,
    sourceSha256: media.sha256,
    ...provenance,
    ...(corrections !== null && { corrections }),
    producers: scene.producers.map(({ id, version, digest, dataset, syntheticOnly }) => ({ id, version, digest, dataset, syntheticOnly })),
    warning: scene.producers.some(({ syntheticOnly }) => syntheticOnly) ? syntheticWarning : null,
  };
}

/** How far people have looked at what is told, in a sentence. */
export function reviewOf({ corrections, segments, events }: Scene): string {
  if (corrections === null) return "Found by machines in a video, and told as they found it: what people corrected since is not in it.";
  if (corrections === 0) return "Found by machines in a video; reviewed by nobody.";
  const findings = [...segments, ...events];
  const confirmed = findings.filter(({ review }) => review === "confirmed").length;
  const added = findings.filter(({ producer }) => producer === personProducer).length;
  return `Found by machines in a video, with the corrections of people up to version ${corrections}: of ${findings.length} findings they confirmed ${confirmed}, ${added} of which they added.`;
}

/** What a measure means; undefined in an analysis of a version that did not say. */
export const definitionOf = ({ measures }: Pick<Scene, "measures">, { name }: Pick<Measure, "name">): MeasureDefinition | undefined =>
  measures?.definitions?.find((one) => one.name === name);

/** Who told a measure, with their versions and digests. */
export const tellersOf = ({ measures, producers }: Scene, { producers: ids }: Pick<Measure, "producers">) =>
  ids.map((id) => (measures?.producers ?? producers).find((one) => one.id === id) ?? { id, version: null, digest: null });

/** Whether two spans share a frame. */
export const overlaps = (a: FrameSpan, b: FrameSpan): boolean => a.startFrame < b.endFrame && b.startFrame < a.endFrame;

/** Ticks of the source's timebase from its first frame to a frame; of the frame after the last one, the duration. */
export function ticksAt({ frames, media }: Scene, frame: number): number {
  const { pts } = frames.source;
  return frame >= pts.length ? media.durationTicks : (pts[frame] as number) - (pts[0] as number);
}

/** The same in seconds, to the millisecond: for formats that know nothing finer. */
export const secondsAt = (scene: Scene, frame: number): number => {
  const { num, den } = scene.frames.source.timebase;
  return Math.round((1000 * ticksAt(scene, frame) * num) / den) / 1000;
};

/** And to the microsecond: as fine as the 16 characters of a DICOM decimal string (DS) hold. */
export const preciseSecondsAt = (scene: Scene, frame: number): number => {
  const { num, den } = scene.frames.source.timebase;
  return Number(((ticksAt(scene, frame) * num) / den).toFixed(6));
};
