import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectLocation } from "../../../contracts/primitives.ts";
import { BrokenContract } from "../errors.ts";

/** A file that is read piece by piece, wherever it lies. */
export interface ByteRanges {
  readonly size: number;
  /** Bytes from `start` up to, not including, `end`; `0 <= start < end <= size`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

const blockSize = 1 << 20;
const blocksKept = 16;
const blocksAhead = 4;

/**
 * Reads in whole blocks of 1 MiB and keeps the latest 16, so that a parser's many small reads become few requests.
 * A block read after its predecessor asks for the next four at once: a file that must be read whole isn't read in single file.
 */
export function inBlocks(source: ByteRanges): ByteRanges {
  const blocks = new Map<number, Promise<Uint8Array>>();
  const block = (index: number): Promise<Uint8Array> => {
    const found = blocks.get(index);
    if (found) {
      blocks.delete(index);
      blocks.set(index, found);
      return found;
    }
    const read = source.read(index * blockSize, Math.min((index + 1) * blockSize, source.size));
    read.catch(() => blocks.delete(index));
    blocks.set(index, read);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= blocksKept) break;
      blocks.delete(oldest);
    }
    return read;
  };
  return {
    size: source.size,
    async read(start, end) {
      const result = new Uint8Array(end - start);
      const first = Math.floor(start / blockSize);
      const last = Math.floor((end - 1) / blockSize);
      const pieces = [];
      for (let index = first; index <= last; index++) pieces.push(block(index));
      if (blocks.has(first - 1)) for (let index = last + 1; index <= last + blocksAhead && index * blockSize < source.size; index++) block(index);
      for (const [i, piece] of (await Promise.all(pieces)).entries()) {
        const at = (first + i) * blockSize;
        result.set(piece.subarray(Math.max(0, start - at), Math.min(piece.length, end - at)), Math.max(0, at - start));
      }
      return result;
    },
  };
}

/** One version of an object in S3, read by ranged requests. */
export const s3Ranges = (s3: S3Client, { bucket, key, versionId }: ObjectLocation, size: number): ByteRanges => ({
  size,
  async read(start, end) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, Range: `bytes=${start}-${end - 1}` }));
    const bytes = await Body?.transformToByteArray();
    if (bytes?.length !== end - start) throw new BrokenContract(`S3 gave ${bytes?.length ?? 0} bytes of a range of ${end - start}.`);
    return bytes;
  },
});

/** Bytes that are in memory already. */
export const memoryRanges = (bytes: Uint8Array): ByteRanges => ({ size: bytes.length, read: async (start, end) => bytes.subarray(start, end) });
