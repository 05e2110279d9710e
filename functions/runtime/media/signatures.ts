import { InvalidInput } from "../errors.ts";
import type { ByteRanges } from "./byte-ranges.ts";

/** A kind of file that is not read here and that ffmpeg reads, by its first bytes. */
interface Signature {
  readonly name: string;
  readonly matches: (head: Buffer) => boolean;
}

const begins =
  (hex: string) =>
  (head: Buffer): boolean =>
    head.toString("hex").startsWith(hex);
/** Latin-1 text at an offset. */
const holds = (text: string, at: number) => (head: Buffer) => head.subarray(at, at + text.length).toString("latin1") === text;

const signatures: readonly Signature[] = [
  { name: "AVI", matches: (head) => holds("RIFF", 0)(head) && holds("AVI ", 8)(head) },
  // A pack header's start code (ISO/IEC 13818-1, 2.5.3.3).
  { name: "an MPEG program stream", matches: begins("000001ba") },
  // The key of a header partition pack (SMPTE ST 377-1, 7.1).
  { name: "MXF", matches: begins("060e2b34020501010d010201") },
  // The GUID of the ASF header object (ASF specification, 3.1).
  { name: "Windows Media", matches: begins("3026b2758e66cf11a6d900aa0062ce6c") },
  { name: "Ogg", matches: holds("OggS", 0) },
];

/**
 * What a file is whose kind is not read here but known: by its first bytes, never by its name. Undefined for any other. Throws
 * InvalidInput if it ends before it says it does.
 */
export async function knownKind(file: ByteRanges): Promise<string | undefined> {
  const head = Buffer.from(await file.read(0, Math.min(64, file.size)));
  const found = signatures.find(({ matches }) => matches(head));
  if (found?.name === "AVI") assertWholeRiff(head, file.size);
  return found?.name;
}

/** A RIFF file's first chunk tells its size; of a recording that nobody closed it is 0. Longer files have more chunks (OpenDML). */
function assertWholeRiff(head: Buffer, size: number): void {
  const end = head.readUInt32LE(4) + 8;
  if (end > size)
    throw new InvalidInput(
      `The file is truncated: it says it is ${end} bytes long but only ${size} are there. Upload it again, or copy it from the recorder again.`,
    );
}
