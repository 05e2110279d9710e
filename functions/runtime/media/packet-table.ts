import {
  CustomSource,
  EncodedPacketSink,
  Input,
  type InputFormat,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  WEBM,
} from "mediabunny";
import type { SourceIndex } from "../../../contracts/media.ts";
import type { Rational } from "../../../contracts/primitives.ts";
import { InvalidInput, NeedsConversion } from "../errors.ts";
import { avcHeight } from "./avc-height.ts";
import { type ByteRanges, inBlocks } from "./byte-ranges.ts";
import { type Edit, editOf } from "./edit-list.ts";
import { knownKind } from "./signatures.ts";
import { assertWhole } from "./wholeness.ts";

/** What a file's packet tables say about its primary video track. No picture is decoded. */
export interface PacketTable {
  container: SourceIndex["container"];
  codec: string;
  /** Pixels as displayed: after rotation and pixel aspect. */
  width: number;
  height: number;
  rotation: SourceIndex["video"]["rotation"];
  timebase: Rational;
  /** Presentation times in ticks of the timebase, in presentation order. */
  pts: Float64Array;
  /** How long the last frame lasts, in ticks; 0 if the file doesn't say. */
  lastDuration: number;
  hiddenFrameCount: number;
  /** All packets from the first key frame on, hidden ones too, in the order in which they are decoded: time in ticks, size, and whether it is a key frame. */
  packets: { readonly pts: Float64Array; readonly bytes: Float64Array; readonly isKey: readonly boolean[] };
  audioTracks: number;
}

// What it finds odd in a file isn't a fact for the log; what is wrong is thrown.
Logging.level = LogLevel.Silent;

const containers = new Map<InputFormat, PacketTable["container"]>([
  [MP4, "mp4"],
  [QTFF, "mov"],
  [MATROSKA, "mkv"],
  [WEBM, "webm"],
  [MPEG_TS, "mpegts"],
]);

/**
 * Reads the packet table of a video file. Throws InvalidInput, in words for the person who uploaded it, whatever is wrong
 * with the file; NeedsConversion if nothing is known to be wrong, but its tables are of a kind that is not read here; if its
 * bytes couldn't be had, the reason of that. A file whose tables are spread all over it is read from one end to the other: `mostBytes` bounds
 * what is read, and what would need more is of such a kind.
 */
export async function readPacketTable(file: ByteRanges, mostBytes = Number.POSITIVE_INFINITY): Promise<PacketTable> {
  if (file.size === 0) throw new InvalidInput("The file is empty.");
  const blocks = inBlocks(bounded(file, mostBytes));
  let unread: unknown;
  const read: ByteRanges["read"] = (start, end) =>
    blocks.read(start, end).catch((error) => {
      unread ??= error;
      throw error;
    });
  try {
    return await parse({ size: file.size, read });
  } catch (error) {
    if (unread !== undefined) throw unread;
    if (error instanceof InvalidInput || error instanceof NeedsConversion) throw error;
    throw new InvalidInput(`The file is damaged: it can't be read to its end (${(error as Error).message}).`);
  }
}

function bounded({ size, read }: ByteRanges, mostBytes: number): ByteRanges {
  let left = mostBytes;
  return {
    size,
    async read(start, end) {
      left -= end - start;
      if (left < 0) throw new NeedsConversion(`Its tables are spread over ${gigabytes(size)}; at most ${gigabytes(mostBytes)} are read for them.`);
      return read(start, end);
    },
  };
}

const gigabytes = (bytes: number): string => `${Math.round(bytes / 1e8) / 10} GB`;

async function parse(file: ByteRanges): Promise<PacketTable> {
  using input = new Input({
    formats: [...containers.keys()],
    // The profile makes mediabunny read pages: it keeps what it reads, and time grows with the square of the pieces it keeps.
    source: new CustomSource({ getSize: () => file.size, read: file.read, prefetchProfile: "fileSystem" }),
  });
  const container = (await input.canRead()) ? containers.get(await input.getFormat()) : undefined;
  if (!container) {
    const kind = await knownKind(file);
    if (kind !== undefined) throw new NeedsConversion(`The file is ${kind}, not MP4, MOV, Matroska, WebM or MPEG-TS.`);
    throw new InvalidInput("The file is not a video in MP4, MOV, Matroska, WebM or MPEG-TS, nor in a format that can be converted.");
  }
  await assertWhole(container, file);
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new NeedsConversion("The file holds no video track that can be read as it is.");
  const codec = await track.getCodec();
  if (codec === null) throw new NeedsConversion(`The video track's codec (${String(await track.getInternalCodecId())}) isn't one that is read as it is.`);
  const edit = container === "mp4" || container === "mov" ? await editOf(file, track.id) : undefined;
  const times = await packetTimes(track, edit);
  if (times.pts.length === 0) throw new InvalidInput("The video track holds no frames.");
  const size = await displaySize(track, container);
  return { container, codec, ...size, ...times, audioTracks: (await input.getAudioTracks()).length };
}

/** Size as displayed: pixels made square by stretching the width, as players do, then turned. */
async function displaySize(track: InputVideoTrack, container: PacketTable["container"]): Promise<Pick<PacketTable, "width" | "height" | "rotation">> {
  const aspect = await track.getPixelAspectRatio();
  const rotation = await track.getRotation();
  const width = Math.round(((await track.getCodedWidth()) * aspect.num) / aspect.den);
  const height = await codedHeight(track, container);
  return rotation % 180 === 0 ? { width, height, rotation } : { width: height, height: width, rotation };
}

/** In MPEG-TS the pictures themselves are asked: there mediabunny counts the rows of one field. */
async function codedHeight(track: InputVideoTrack, container: PacketTable["container"]): Promise<number> {
  const height = await track.getCodedHeight();
  if (container !== "mpegts" || (await track.getCodec()) !== "avc") return height;
  const packet = await new EncodedPacketSink(track).getFirstKeyPacket();
  return (packet && avcHeight(packet.data)) ?? height;
}

/** Frames that the edit list hides are counted apart. `edit` is undefined for containers that have none. */
async function packetTimes(track: InputVideoTrack, edit: Edit | undefined) {
  const resolution = await track.getTimeResolution();
  const all: number[] = [];
  let lastPts = -Infinity;
  let lastDuration = 0;
  let hiddenFrameCount = 0;
  let seenKey = false;
  const packetPts: number[] = [];
  const bytes: number[] = [];
  const isKey: boolean[] = [];
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    // A stream that was cut open starts with pictures that refer to what is gone; no decoder shows them.
    seenKey ||= packet.type === "key";
    if (!seenKey) continue;
    const pts = exactTicks(packet.timestamp, resolution);
    packetPts.push(pts);
    bytes.push(packet.byteLength);
    isKey.push(packet.type === "key");
    if (edit && (pts < edit.start || pts >= edit.end)) {
      hiddenFrameCount++;
      continue;
    }
    all.push(pts);
    if (pts > lastPts) {
      lastPts = pts;
      lastDuration = Math.round(packet.duration * resolution);
    }
  }
  return {
    timebase: timebaseOf(resolution),
    pts: Float64Array.from(all).sort(),
    lastDuration,
    hiddenFrameCount,
    packets: { pts: Float64Array.from(packetPts), bytes: Float64Array.from(bytes), isKey },
  };
}

/** Ticks of a time that the parser gave in seconds. Throws if the time isn't a whole number of ticks. */
function exactTicks(seconds: number, resolution: number): number {
  const ticks = Math.round(seconds * resolution);
  if (!Number.isSafeInteger(ticks) || Math.abs(seconds * resolution - ticks) > 0.001)
    throw new Error(`${seconds} s isn't a whole number of ticks of 1/${resolution} s`);
  return ticks;
}

/** Seconds per tick. Matroska counts ticks in whole nanoseconds, which needn't divide a second. */
function timebaseOf(resolution: number): Rational {
  if (Number.isInteger(resolution)) return { num: 1, den: resolution };
  return { num: Math.round(1e9 / resolution), den: 1e9 };
}
