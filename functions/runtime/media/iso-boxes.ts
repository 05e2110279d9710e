import { InvalidInput } from "../errors.ts";
import type { ByteRanges } from "./byte-ranges.ts";

/** A box of an MP4 or MOV file (ISO/IEC 14496-12, 4.2): its type, and where its content starts and ends. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

/** The boxes that follow one another from `start` to `end`. Throws InvalidInput where the file ends inside one. */
export async function* boxesIn(file: ByteRanges, start = 0, end = file.size): AsyncGenerator<Box, void, undefined> {
  for (let at = start; at + 8 <= end; ) {
    const header = Buffer.from(await file.read(at, Math.min(at + 16, end)));
    const type = header.toString("latin1", 4, 8);
    const { size, headerSize } = sizeOf(header, end - at);
    if (size < headerSize) throw new InvalidInput(`The file is damaged: its part "${type}" at byte ${at} says that it is ${size} bytes long.`);
    if (at + size > end) {
      throw new InvalidInput(
        `The file is truncated: its part "${type}" at byte ${at} needs ${size} bytes but only ${end - at} are there. Upload it again, or copy it from the recorder again.`,
      );
    }
    yield { type, start: at + headerSize, end: at + size };
    at += size;
  }
}

function sizeOf(header: Buffer, left: number): { size: number; headerSize: number } {
  const short = header.readUInt32BE(0);
  if (short === 0) return { size: left, headerSize: 8 };
  if (short === 1 && header.length >= 16) return { size: Number(header.readBigUInt64BE(8)), headerSize: 16 };
  return { size: short, headerSize: 8 };
}

/** The first box of a type inside another. */
export async function child(file: ByteRanges, parent: Box, type: string): Promise<Box | undefined> {
  for await (const box of boxesIn(file, parent.start, parent.end)) if (box.type === type) return box;
  return undefined;
}

export const contentOf = async (file: ByteRanges, { start, end }: Box): Promise<Buffer> =>
  end > start ? Buffer.from(await file.read(start, end)) : Buffer.alloc(0);
