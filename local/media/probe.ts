import { fileArgument, inputGuard, MediaError, runFfprobe, runFfprobeLines } from "./ffmpeg.ts";
import type { MediaTools } from "./tools.ts";

/** A stream as ffprobe tells it; what it does not know is absent. */
export interface ProbedStream {
  readonly index: number;
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly profile?: string;
  readonly level?: number;
  readonly width?: number;
  readonly height?: number;
  readonly coded_width?: number;
  readonly coded_height?: number;
  readonly sample_aspect_ratio?: string;
  readonly display_aspect_ratio?: string;
  readonly pix_fmt?: string;
  readonly field_order?: string;
  readonly color_range?: string;
  readonly color_primaries?: string;
  readonly color_transfer?: string;
  readonly color_space?: string;
  readonly bits_per_raw_sample?: string;
  readonly time_base?: string;
  readonly r_frame_rate?: string;
  readonly avg_frame_rate?: string;
  readonly duration?: string;
  readonly bit_rate?: string;
  readonly nb_frames?: string;
  readonly channels?: number;
  readonly channel_layout?: string;
  readonly sample_rate?: string;
  readonly bits_per_sample?: number;
  readonly disposition?: { readonly attached_pic?: number };
  readonly tags?: Readonly<Record<string, string>>;
  readonly side_data_list?: readonly { readonly side_data_type?: string; readonly rotation?: number }[];
}

export interface ProbedFile {
  readonly format: {
    readonly format_name: string;
    readonly duration?: string;
    readonly bit_rate?: string;
    readonly size?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly streams: readonly ProbedStream[];
}

/** What ffprobe says of a media file. Throws MediaError if it can't read it or the container is none that we read. */
export async function probeFile(tools: MediaTools, path: string, options: { signal?: AbortSignal } = {}): Promise<ProbedFile> {
  return (await runFfprobe(tools, [...inputGuard, "-show_format", "-show_streams", fileArgument(path)], options)) as ProbedFile;
}

/** The stream that the other programs analyse: the first video that is no cover picture. */
export const videoStream = (file: ProbedFile): ProbedStream | undefined =>
  file.streams.find((stream) => stream.codec_type === "video" && stream.disposition?.attached_pic !== 1);

/** When the pictures of a file's video begin and end, in ticks of `timebase` seconds. */
export interface VideoSpan {
  readonly timebase: { readonly num: number; readonly den: number };
  readonly firstPts: number;
  readonly lastPts: number;
  /** How long the last picture is shown; undefined if the file doesn't say. */
  readonly lastDuration: number | undefined;
}

/**
 * Reads the packet table, without decoding, for the span of the pictures that a decoder shows: not those that an edit
 * list hides, nor those before the first key frame. Throws MediaError if there are none.
 */
export async function videoSpan(tools: MediaTools, path: string, stream: ProbedStream, options: { signal?: AbortSignal } = {}): Promise<VideoSpan> {
  let [firstPts, lastPts, lastDuration, seenKey] = [Infinity, -Infinity, 0, false];
  const take = (line: string): void => {
    const { pts, duration, flags } = Object.fromEntries(line.split("|").map((field) => field.split("="))) as Record<string, string | undefined>;
    seenKey ||= flags?.startsWith("K") ?? false;
    const at = Number(pts);
    if (!seenKey || flags?.includes("D") || Number.isNaN(at)) return;
    firstPts = Math.min(firstPts, at);
    if (at > lastPts) [lastPts, lastDuration] = [at, Number(duration)];
  };
  const entries = ["-select_streams", String(stream.index), "-show_entries", "packet=pts,duration,flags", "-of", "compact=p=0"];
  await runFfprobeLines(tools, [...inputGuard, ...entries, fileArgument(path)], take, options);
  const timebase = parseRatio(stream.time_base);
  if (!timebase || firstPts === Infinity) throw new MediaError("ffprobe", "the video stream holds no pictures.");
  return { timebase, firstPts, lastPts, lastDuration: lastDuration > 0 ? lastDuration : undefined };
}

/** Reads `30000/1001` or `16:9`. Undefined for an unknown one (`0/0`, `0:1`, `N/A`). */
export function parseRatio(text: string | undefined): { num: number; den: number } | undefined {
  const match = /^(\d+)[/:](\d+)$/.exec(text ?? "");
  if (!match) return undefined;
  const [num, den] = [Number(match[1]), Number(match[2])];
  return num > 0 && den > 0 ? { num, den } : undefined;
}

/** Clockwise degrees a player turns the picture by: 0, 90, 180 or 270. ffprobe tells the display matrix's angle, counter-clockwise. */
export function clockwiseRotation(stream: ProbedStream): number {
  const angle = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  return (((Math.round(-angle / 90) * 90) % 360) + 360) % 360;
}

/** Size of the picture in square pixels as a player shows it: pixel aspect applied by stretching the width, then turned. */
export function displaySize(stream: ProbedStream, turned: boolean): { width: number; height: number } {
  const { width, height } = stream;
  if (!width || !height) throw new Error("The video stream has no picture size.");
  const aspect = parseRatio(stream.sample_aspect_ratio) ?? { num: 1, den: 1 };
  const shown = { width: (width * aspect.num) / aspect.den, height };
  return turned && clockwiseRotation(stream) % 180 === 90 ? { width: shown.height, height: shown.width } : shown;
}
