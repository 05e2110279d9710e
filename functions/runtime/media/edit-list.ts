import { InvalidInput } from "../errors.ts";
import type { ByteRanges } from "./byte-ranges.ts";
import { type Box, boxesIn, child, contentOf } from "./iso-boxes.ts";

/** Presentation times between which a track is shown, in its ticks; `end` is the first hidden one. */
export interface Edit {
  start: number;
  end: number;
}

const everything: Edit = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/**
 * What the edit list of an MP4 or MOV track shows (ISO/IEC 14496-12, 8.6.6): everything if there is none. Throws InvalidInput
 * for a track that was cut into several edits: its frames are shown in another order than they are stored, or twice.
 */
export async function editOf(file: ByteRanges, trackId: number): Promise<Edit> {
  for await (const box of boxesIn(file)) if (box.type === "moov") return inMovie(file, box, trackId);
  return everything;
}

async function inMovie(file: ByteRanges, movie: Box, trackId: number): Promise<Edit> {
  const movieHeader = await child(file, movie, "mvhd");
  if (!movieHeader) return everything;
  const movieScale = timescale(await contentOf(file, movieHeader));
  for await (const track of boxesIn(file, movie.start, movie.end)) {
    if (track.type !== "trak") continue;
    const header = await child(file, track, "tkhd");
    if (!header || idOf(await contentOf(file, header)) !== trackId) continue;
    const media = await child(file, track, "mdia");
    const mediaHeader = media && (await child(file, media, "mdhd"));
    const edits = await child(file, track, "edts");
    const list = edits && (await child(file, edits, "elst"));
    if (!mediaHeader || !list) return everything;
    return editIn(await contentOf(file, list), timescale(await contentOf(file, mediaHeader)), movieScale);
  }
  return everything;
}

/** Version 1 of these boxes has 64-bit times. */
const isLong = (content: Buffer): boolean => content.readUInt8(0) === 1;
/** Of `mvhd` and `mdhd`: ticks per second, after the times of creation and change. */
const timescale = (content: Buffer): number => content.readUInt32BE(isLong(content) ? 20 : 12);
/** Of `tkhd`. */
const idOf = (content: Buffer): number => content.readUInt32BE(isLong(content) ? 20 : 12);

function editIn(list: Buffer, mediaScale: number, movieScale: number): Edit {
  const long = isLong(list);
  const entrySize = long ? 20 : 12;
  const inTicks = (duration: number) => Math.round((duration * mediaScale) / movieScale);
  const durations: number[] = [];
  let start = 0;
  for (let i = 0, at = 8; i < list.readUInt32BE(4); i++, at += entrySize) {
    const duration = long ? Number(list.readBigUInt64BE(at)) : list.readUInt32BE(at);
    const mediaTime = long ? Number(list.readBigInt64BE(at + 8)) : list.readInt32BE(at + 4);
    if (mediaTime >= 0) durations.push(duration);
    // An entry without media before all others delays the start.
    else if (durations.length === 0) start += inTicks(duration);
  }
  if (durations.length > 1) {
    throw new InvalidInput(`The video is cut into ${durations.length} pieces by an edit list. Export it as one piece and upload that.`);
  }
  const [duration = 0] = durations;
  // Files that are written while recording don't know their length: 0 means to the end.
  return { start, end: duration === 0 ? everything.end : start + inTicks(duration) };
}
