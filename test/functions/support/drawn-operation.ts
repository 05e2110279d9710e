import type { Analysis, ScoreSeries, TrackList } from "../../../contracts/analysis.ts";
import { type Operation, operationOf } from "../../../functions/aggregate/measure-operation/operation.ts";
import { analysisOf } from "./analysis.ts";
import { digest } from "./ids.ts";

type Span = readonly [startFrame: number, endFrame: number];
export type Labelled = readonly [label: string, ...span: Span];

export interface Drawn {
  readonly frameCount: number;
  readonly outOfBody?: readonly Span[];
  /** Undefined: no network tells phases. */
  readonly phases?: readonly Labelled[];
  /** Phases that the network knows: A and B if undefined. */
  readonly phaseLabels?: readonly string[];
  /** Undefined: no network tells instruments. */
  readonly instruments?: readonly Labelled[];
  /** Instruments that the network knows: six of cholecystectomy if undefined. */
  readonly instrumentLabels?: readonly string[];
  /** Where somebody looked for instruments before the analyser failed; everywhere if undefined. */
  readonly lookedAt?: readonly Span[];
  /** What the analysis says that each output is about (1.2), as `producer kind`; nothing if undefined, as in 1.1. */
  readonly looks?: Readonly<Record<string, readonly Span[]>>;
  /** Events by type. */
  readonly events?: readonly Labelled[];
  /** What a network for the view looks for. */
  readonly view?: readonly string[];
  readonly tracks?: readonly { label: string; span: Span; path: number; jerk?: { squared: number; seconds: number }; stable: boolean }[];
  readonly criticalView?: { frames: readonly number[]; scores: readonly [number[], number[], number[]]; raterSd?: number[] };
  /** Shares of the picture that blood covers. */
  readonly blood?: { frames: readonly number[]; shares: readonly number[] };
  readonly calibrated?: boolean;
  /** Ticks of 1/25 s; one a frame where absent. */
  readonly pts?: readonly number[];
  readonly durationTicks?: number;
}

const someLabels = ["Bipolar", "Clipper", "Grasper", "Hook", "Irrigator", "Scissors"];
/** What our own measurement tells, and no network. */
const cues = ["black", "freeze", "overexposed", "underexposed"];
const producer = (id: string, calibrated: boolean): Analysis["producers"][number] => ({
  ...{ id, kind: "model", name: id, version: "1.0.0", digest, dataset: "drawn", threshold: 0.6, syntheticOnly: true },
  calibration: calibrated ? { method: "temperature", expectedError: 0.02 } : null,
});

/** The analysis of an operation that somebody drew by hand: events and segments numbered in the order given. */
export function analysisOfDrawn(drawn: Drawn): Analysis {
  const base = analysisOf();
  const spanned = ([startFrame, endFrame]: Span) => ({ startFrame, endFrame });
  const scored = (subject: Analysis["scores"][number]["subject"], names: readonly string[]) => ({
    ...{ producer: subject, subject, labels: [...names], frameCount: 1, uri: `s3://processed/${subject}.json.gz`, sha256: digest },
  });
  const event = (type: string, label: string, span: Span, id: number, by: string): Analysis["events"][number] => ({
    ...{ id: `event-${id}`, type, label, ...spanned(span), confidence: 0.9, producer: by, review: "unreviewed" },
  });
  const instruments = drawn.instruments ?? [];
  const labels = [...(drawn.instrumentLabels ?? someLabels)];
  const isMetered = (drawn.events ?? []).some(([type]) => cues.includes(type));
  const chunks = (drawn.lookedAt ?? [[0, drawn.frameCount] as const]).map((span, i) => ({
    ...{ uri: `s3://processed/chunk-${i}.json.gz`, ...spanned(span), sha256: digest },
  }));
  return analysisOf({
    media: { ...base.media, source: { ...base.media.source, frameCount: drawn.frameCount, durationTicks: drawn.durationTicks ?? drawn.frameCount } },
    producers: ["out-of-body", "phase", "instrument-detector", "view", "critical-view", "organ-segmenter", ...(isMetered ? ["technical-cues"] : [])].map((id) =>
      producer(id, drawn.calibrated ?? false),
    ),
    gate: {
      ...base.gate,
      producer: "out-of-body",
      outOfBody: (drawn.outOfBody ?? []).map((span) => ({ ...spanned(span), score: 0.95, action: "excluded" as const })),
    },
    segments: (drawn.phases ?? []).map(([label, ...span], i) => ({
      ...{ id: `segment-${i + 1}`, level: "phase", label, ...spanned(span), confidence: 0.8, producer: "phase", review: "unreviewed" },
    })),
    events: [
      ...instruments.map(([label, ...span], i) => event("instrument", label, span, i + 1, "instrument-detector")),
      ...(drawn.events ?? []).map(([type, ...span], i) => event(type, type, span, instruments.length + i + 1, cues.includes(type) ? "technical-cues" : "view")),
    ],
    detections: drawn.instruments ? [{ producer: "instrument-detector", labels, frameCount: 1, boxCount: 0, chunks }] : [],
    ...(drawn.lookedAt
      ? { status: "PARTIAL", coverage: [{ analyser: "frame-analysis", status: "FAILED", required: true, share: 0.5, error: "out of memory" }] }
      : {}),
    ...(drawn.looks && {
      lookedAt: Object.entries(drawn.looks).map(([output, spans]) => {
        const [producer = "", kind] = output.split(" ") as [string, NonNullable<Analysis["lookedAt"]>[number]["kind"]];
        return { producer, kind, spans: spans.map(spanned) };
      }),
    }),
    scores: [
      ...(drawn.phases ? [scored("phase", drawn.phaseLabels ?? ["A", "B"])] : []),
      ...(drawn.view ? [scored("view", drawn.view)] : []),
      ...(drawn.criticalView ? [scored("critical-view", ["C1", "C2", "C3"])] : []),
    ],
    tracks: drawn.tracks ? { uri: "s3://processed/tracks.json.gz", trackCount: drawn.tracks.length, sha256: digest } : null,
  });
}

export const tracksOf = (tracks: NonNullable<Drawn["tracks"]>, labels: readonly string[] = someLabels): TrackList => ({
  schema: "track-list/1.2",
  detections: tracks.map(() => 0),
  label: tracks.map(({ label }) => labels.indexOf(label)),
  startFrame: tracks.map(({ span }) => span[0]),
  endFrame: tracks.map(({ span }) => span[1]),
  boxCount: tracks.map(() => 10),
  confidence: tracks.map(() => 0.9),
  pathLength: tracks.map(({ path }) => path),
  ...(tracks.some(({ jerk }) => jerk) && {
    jerkSquared: tracks.map(({ jerk }) => jerk?.squared ?? 0),
    jerkSeconds: tracks.map(({ jerk }) => jerk?.seconds ?? 0),
  }),
  stable: tracks.map(({ stable }) => stable),
});

export const criticalViewOf = ({ frames, scores, raterSd }: NonNullable<Drawn["criticalView"]>): ScoreSeries => ({
  ...{ schema: "score-series/1.0", producer: "critical-view", labels: ["C1", "C2", "C3", ...(raterSd ? ["raterSd"] : [])] },
  ...{ frames: [...frames], scores: [...scores, ...(raterSd ? [raterSd] : [])] },
});

/** What measures are made from. */
export function drawnOperation(drawn: Drawn): Operation {
  const pts = drawn.pts ?? Array.from({ length: drawn.frameCount }, (_, frame) => frame);
  return operationOf(analysisOfDrawn(drawn), pts, {
    tracks: drawn.tracks && tracksOf(drawn.tracks, drawn.instrumentLabels),
    criticalView: drawn.criticalView && criticalViewOf(drawn.criticalView),
    blood: drawn.blood && { producer: "organ-segmenter", ...drawn.blood },
  });
}
