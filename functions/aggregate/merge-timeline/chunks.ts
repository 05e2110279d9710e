import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { lastNotAfter } from "../../../contracts/frame-table.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import type { Lake } from "../../runtime/lake.ts";
import { framesIn, type Video } from "./video.ts";

/** Length of a chunk: what a player loads at once. */
const chunkSeconds = 30;

const compress = promisify(gzip);

/** A chunk that is whole: which one, the source frames it is for, what it holds. */
export interface Piece<Content> extends FrameSpan {
  index: number;
  content: Content;
}

/**
 * Cuts columns into chunks of 30 s as frames stream by. `at` takes rising source frames, gives the columns that the frame
 * belongs to and, with the first frame of a chunk, hands out the chunk before the last one: what is written into a chunk may
 * still change while the next one fills. Chunks without a frame that was looked at aren't made.
 */
export function cutter<Content>({ frames, frameCount, rate }: Video, empty: () => Content) {
  const length = Math.max(1, Math.round(framesIn(chunkSeconds, rate)));
  const starts: number[] = [];
  for (let frame = 0; frame < frameCount; frame += length) starts.push(frames.toSource("analysis", frame));
  const pieceOf = (index: number): Piece<Content> => ({
    index,
    startFrame: starts[index] as number,
    endFrame: starts[index + 1] ?? frames.source.pts.length,
    content: empty(),
  });
  let filling: Piece<Content> | undefined;
  let waiting: Piece<Content> | undefined;
  return {
    at(frame: number): { content: Content; done: Piece<Content> | undefined } {
      if (filling && frame < filling.endFrame) return { content: filling.content, done: undefined };
      const done = waiting;
      waiting = filling;
      filling = pieceOf(lastNotAfter(starts, frame));
      return { content: filling.content, done };
    },
    finish: (): Piece<Content>[] => [waiting, filling].filter((piece) => piece !== undefined),
  };
}

/** Puts JSON into the lake, gzipped. The digest is of the JSON: compressed bytes differ between processors. */
export async function putCompressed(lake: Pick<Lake, "put" | "uri">, key: string, value: unknown): Promise<{ uri: string; sha256: string }> {
  const json = JSON.stringify(value);
  await lake.put(key, await compress(json), "application/json", "gzip");
  return { uri: lake.uri(key), sha256: createHash("sha256").update(json).digest("hex") };
}
