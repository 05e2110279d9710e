import type { Readable } from "node:stream";

/** Reads raw pictures of one size from a stream. Reading slower than ffmpeg writes makes ffmpeg wait. */
export interface FrameReader {
  /** Fills `target` with the next picture; false at the end of the stream, and for a last picture that isn't whole: who reads counts what came. */
  read(target: Uint8Array): Promise<boolean>;
}

export function frameReader(stream: Readable): FrameReader {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let chunk: Buffer = Buffer.alloc(0);
  let used = 0;
  return {
    async read(target) {
      let filled = 0;
      while (filled < target.length) {
        if (used === chunk.length) {
          const next = await chunks.next();
          if (next.done) return false;
          chunk = next.value;
          used = 0;
        }
        const length = Math.min(chunk.length - used, target.length - filled);
        target.set(chunk.subarray(used, used + length), filled);
        used += length;
        filled += length;
      }
      return true;
    },
  };
}
