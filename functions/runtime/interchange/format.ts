import type { Scene } from "./scene.ts";

/** What a format may carry. */
export const aspects = {
  boxes: "boxes with their labels",
  scores: "scores of boxes",
  tracks: "tracks",
  masks: "masks",
  segments: "segments (shots, phases, steps)",
  events: "events",
  lookedAt: "frames that were looked at and hold nothing",
  measures: "clinical measures",
  provenance: "provenance (digests of content and networks, the warning about synthetic ones)",
} as const;
export type Aspect = keyof typeof aspects;

/** A file of an export. */
export interface ExportFile {
  readonly name: string;
  readonly mediaType: string;
  /** Its content, made while it is read. */
  content(): AsyncIterable<string | Uint8Array>;
}

/** A format that scenes are written in. */
export interface Format {
  /** As people call it, with the version of its definition. */
  readonly title: string;
  /** Who reads it. */
  readonly use: string;
  /** What comes through exactly. */
  readonly keeps: readonly Aspect[];
  /** What does not, in sentences. */
  readonly loses: string;
  /** Whether it has a place for the written report, and is given it. */
  readonly tellsReport?: true;
  files(scene: Scene): readonly ExportFile[];
}

/** Joins small pieces of text, so that whoever writes them on is not called for each. */
export async function* inBatches(pieces: AsyncIterable<string>, length = 1 << 16): AsyncGenerator<string> {
  let batch = "";
  for await (const piece of pieces) {
    batch += piece;
    if (batch.length < length) continue;
    yield batch;
    batch = "";
  }
  if (batch !== "") yield batch;
}

/** A file of text that is made piece by piece. */
export const textFile = (name: string, mediaType: string, pieces: () => AsyncIterable<string> | Iterable<string>): ExportFile => ({
  name,
  mediaType,
  content: () => inBatches(asynchronous(pieces())),
});

async function* asynchronous(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  yield* pieces;
}
