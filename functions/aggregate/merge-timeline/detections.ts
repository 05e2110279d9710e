import { type DetectionLine, detectionLine } from "../../../contracts/analyser-result.ts";
import type { Analysis } from "../../../contracts/analysis.ts";
import type { FrameIndex } from "../../../contracts/frame-table.ts";
import { detectionChunkKey } from "../../../contracts/keys.ts";
import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";
import type { Lake } from "../../runtime/lake.ts";
import { type Chunk, chunker, chunkStarts } from "./detection-chunks.ts";
import { type InstrumentSpan, instrumentSpans } from "./instrument-spans.ts";
import type { Finding } from "./results.ts";
import { isInside, toSourceSpan, without } from "./spans.ts";

export interface Video {
  caseId: string;
  runId: string;
  frames: FrameIndex;
  rate: Rational;
  gate: readonly FrameSpan[];
}

export interface MergedDetections {
  detections: Analysis["detections"][number];
  events: Omit<Analysis["events"][number], "id">[];
  /** By source frame, of frames that have any box. */
  crowds: Map<number, Crowd>;
}

/** How many boxes a frame has, and the sum of their scores. */
interface Crowd {
  boxes: number;
  score: number;
}

/** Streams one producer's boxes into chunks in the lake, and gathers when each instrument was seen. */
export async function mergeDetections(lake: Pick<Lake, "lines" | "put" | "uri">, finding: Finding, video: Video): Promise<MergedDetections> {
  const { frames, rate, gate } = video;
  const { producer, labels } = finding;
  const renditionCount = frames.rendition("analysis").pts.length;
  const cutter = chunker(producer.id, chunkStarts(frames, rate), frames.source.pts.length);
  const presence = instrumentSpans(labels.length, rate);
  const detections: MergedDetections["detections"] = { producer: producer.id, labels, frameCount: 0, boxCount: 0, chunks: [] };
  const crowds: MergedDetections["crowds"] = new Map();

  const store = async (chunk: Chunk | undefined) => {
    if (!chunk) return;
    const key = detectionChunkKey(video.caseId, video.runId, producer.id, chunk.index);
    await lake.put(key, chunk.bytes, "application/json", "gzip");
    const { startFrame, endFrame, sha256 } = chunk;
    detections.chunks.push({ uri: lake.uri(key), startFrame, endFrame, sha256 });
  };

  let previous = -1;
  for await (const { frame, boxes } of lake.lines(finding.key, detectionLine)) {
    if (isInside(frame, gate)) continue;
    const shown = frames.toSource("analysis", frame);
    presence.add(frame, certain(boxes, producer.threshold));
    // A rendition may show a source frame twice; its boxes are kept once.
    if (shown === previous) continue;
    previous = shown;
    await store(cutter.add(shown, boxes));
    detections.frameCount++;
    detections.boxCount += boxes.length;
    if (boxes.length > 0) crowds.set(shown, { boxes: boxes.length, score: boxes.reduce((sum, [, score]) => sum + score, 0) });
  }
  await store(cutter.finish());
  const events = presence
    .finish(renditionCount)
    .flatMap((span) => without(span, gate).map((part) => instrumentEvent(toSourceSpan(part, frames), labels, producer.id)));
  return { detections, events, crowds };
}

const certain = (boxes: DetectionLine["boxes"], threshold: number | null) => boxes.filter(([, score]) => score >= (threshold ?? 0));

const instrumentEvent = ({ startFrame, endFrame, label, confidence }: InstrumentSpan, labels: readonly string[], producer: string) => ({
  type: "instrument",
  label: labels[label] as string,
  startFrame,
  endFrame,
  confidence: Math.round(confidence * 1e4) / 1e4,
  producer,
  review: "unreviewed" as const,
});

/** The source frame with the most boxes of all producers together; of several, the one whose boxes are surest, then the earliest. */
export function busiestFrame(merged: readonly MergedDetections[]): number | null {
  const total = new Map<number, Crowd>();
  for (const { crowds } of merged) {
    for (const [frame, { boxes, score }] of crowds) {
      const sum = total.get(frame) ?? { boxes: 0, score: 0 };
      total.set(frame, { boxes: sum.boxes + boxes, score: sum.score + score });
    }
  }
  const [busiest] = [...total].sort(([frameA, a], [frameB, b]) => b.boxes - a.boxes || b.score - a.score || frameA - frameB);
  return busiest?.[0] ?? null;
}
