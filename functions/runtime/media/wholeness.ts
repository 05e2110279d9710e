import type { SourceIndex } from "../../../contracts/media.ts";
import { InvalidInput } from "../errors.ts";
import type { ByteRanges } from "./byte-ranges.ts";
import { boxesIn } from "./iso-boxes.ts";

/**
 * Throws InvalidInput if a file ends before it says it does: its tables would promise frames whose bytes never arrived.
 * MPEG-TS is made to be cut anywhere and says nothing of its end; there the frames that are left count.
 */
export async function assertWhole(container: SourceIndex["container"], file: ByteRanges): Promise<void> {
  if (container === "mp4" || container === "mov") return assertWholeBoxes(file);
  if (container === "mkv" || container === "webm") return assertWholeSegment(file);
}

async function assertWholeBoxes(file: ByteRanges): Promise<void> {
  let hasTable = false;
  for await (const { type } of boxesIn(file)) hasTable ||= type === "moov";
  if (!hasTable) throw new InvalidInput('The file is truncated: its table of frames ("moov"), which such files often keep at their end, is missing.');
}

/** Matroska (RFC 9559): an EBML header, then one segment that holds everything else. A live recording doesn't tell the segment's size. */
async function assertWholeSegment(file: ByteRanges): Promise<void> {
  const head = Buffer.from(await file.read(0, Math.min(4096, file.size)));
  const ebml = element(head, 0);
  const segment = ebml.end === undefined ? undefined : element(head, ebml.end);
  if (segment?.end !== undefined && segment.end > file.size) {
    throw new InvalidInput(
      `The file is truncated: it says it is ${segment.end} bytes long but only ${file.size} are there. Upload it again, or copy it from the recorder again.`,
    );
  }
}

/** Where the EBML element at an offset ends (RFC 8794, 4 and 6); undefined if its size is unknown or not in reach. */
function element(bytes: Buffer, at: number): { end: number | undefined } {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const sizeAt = at + idLength;
  const length = Math.clz32(bytes[sizeAt] ?? 0) - 23;
  if (length > 8 || sizeAt + length > bytes.length) return { end: undefined };
  let size = BigInt((bytes[sizeAt] as number) & (0xff >> length));
  for (let i = 1; i < length; i++) size = (size << 8n) | BigInt(bytes[sizeAt + i] as number);
  const isUnknown = size === (1n << BigInt(7 * length)) - 1n;
  return { end: isUnknown ? undefined : sizeAt + length + Number(size) };
}
