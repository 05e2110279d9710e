import type { SourceIndex } from "../../../contracts/media.ts";
import { InvalidInput } from "../errors.ts";
import type { ByteRanges } from "./byte-ranges.ts";

/**
 * Throws InvalidInput if an MP4 or MOV ends in the middle: its packet table would promise frames whose bytes never
 * arrived. (ISO/IEC 14496-12, 4.2: a file is a row of boxes, each with its size.) MPEG-TS and Matroska are written to be
 * cut anywhere; there the frames that are whole count.
 */
export async function assertWhole(container: SourceIndex["container"], file: ByteRanges): Promise<void> {
  if (container !== "mp4" && container !== "mov") return;
  let hasTable = false;
  for (let at = 0; at < file.size; ) {
    const box = await readBox(file, at);
    if (at + box.size > file.size) {
      throw new InvalidInput(
        `The file is truncated: its part "${box.type}" at byte ${at} needs ${box.size} bytes but only ${file.size - at} are there. Upload it again, or copy it from the recorder again.`,
      );
    }
    hasTable ||= box.type === "moov";
    at += box.size;
  }
  if (!hasTable) throw new InvalidInput('The file is truncated: its table of frames ("moov"), which such files often keep at the end, is missing.');
}

async function readBox(file: ByteRanges, at: number): Promise<{ type: string; size: number }> {
  const truncated = new InvalidInput(`The file is truncated: at byte ${at} of ${file.size} it ends inside a box header.`);
  if (at + 8 > file.size) throw truncated;
  const header = Buffer.from(await file.read(at, Math.min(at + 16, file.size)));
  const type = header.toString("latin1", 4, 8);
  const short = header.readUInt32BE(0);
  if (short === 0) return { type, size: file.size - at };
  if (short !== 1) {
    if (short < 8) throw new InvalidInput(`The file is damaged: the box at byte ${at} says it is ${short} bytes long.`);
    return { type, size: short };
  }
  if (header.length < 16) throw truncated;
  return { type, size: Number(header.readBigUInt64BE(8)) };
}
