import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { DetectionLine } from "../../../contracts/analyser-result.ts";
import type { DetectionChunk } from "../../../contracts/analysis.ts";
import { type FrameIndex, lastNotAfter } from "../../../contracts/frame-table.ts";
import type { FrameSpan, Rational } from "../../../contracts/primitives.ts";

/** Length of a chunk: what a player loads at once. */
const chunkSeconds = 30;

/** First source frame of every chunk. */
export function chunkStarts(frames: FrameIndex, rate: Rational): number[] {
  const renditionCount = frames.rendition("analysis").pts.length;
  const length = Math.max(1, Math.round((chunkSeconds * rate.num) / rate.den));
  const starts: number[] = [];
  for (let frame = 0; frame < renditionCount; frame += length) starts.push(frames.toSource("analysis", frame));
  return starts;
}

/** A finished chunk: which one, the source frames it is for, its gzipped bytes, and the digest of its JSON. */
export interface Chunk extends FrameSpan {
  index: number;
  bytes: Uint8Array;
  sha256: string;
}

/**
 * Cuts one producer's detections into chunks as they stream by. `add` takes rising source frames and gives back the chunk
 * that a frame beyond it completed; `finish` gives the last. Chunks without a frame that was looked at aren't made.
 */
export function chunker(producer: string, starts: readonly number[], sourceFrameCount: number) {
  let index = -1;
  let chunk = emptyChunk(producer);
  const take = (): Chunk | undefined => {
    if (chunk.frames.length === 0) return undefined;
    const json = JSON.stringify(chunk);
    chunk = emptyChunk(producer);
    return {
      index,
      startFrame: starts[index] as number,
      endFrame: starts[index + 1] ?? sourceFrameCount,
      bytes: gzipSync(json),
      sha256: createHash("sha256").update(json).digest("hex"),
    };
  };
  return {
    add(frame: number, boxes: DetectionLine["boxes"]): Chunk | undefined {
      const wanted = lastNotAfter(starts, frame);
      const done = wanted === index ? undefined : take();
      index = wanted;
      chunk.frames.push(frame);
      for (const [label, score, ...box] of boxes) {
        chunk.label.push(label);
        chunk.score.push(score);
        chunk.box.push(...box);
        chunk.track.push(-1);
      }
      chunk.offsets.push(chunk.label.length);
      return done;
    },
    finish: take,
  };
}

const emptyChunk = (producer: string): DetectionChunk => ({
  schema: "detection-chunk/1.0",
  producer,
  frames: [],
  offsets: [0],
  label: [],
  score: [],
  box: [],
  track: [],
});
