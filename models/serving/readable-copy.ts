import { spawn } from "node:child_process";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { type FrameTiming, longestVideoHours } from "../../contracts/conversion.ts";
import { ffmpegPath, ffprobePath } from "./programs.ts";

/** What is wrong with the video itself: trying again can't help. The message is a sentence for whoever uploaded it. */
export class UnreadableVideo extends Error {
  override readonly name = "UnreadableVideo";
}

export interface ReadableCopy {
  readonly container: string;
  readonly codec: string;
  readonly timing: FrameTiming;
  readonly frameCount: number;
}

/**
 * Containers that are read, by ffmpeg's names. Playlists and scripts are not among them: an upload that is one could make ffmpeg open
 * other files.
 */
const formats = ["avi", "mpeg", "mxf", "asf", "ogg", "mov", "matroska", "mpegts"];
const guard = ["-protocol_whitelist", "file", "-format_whitelist", formats.join(",")];
const quietly = ["-hide_banner", "-loglevel", "error"];

/** ffmpeg's names of containers, as MediaConvert's Probe gives them; and those that hold no time for each frame. */
const containerNames: Readonly<Record<string, string>> = { mpeg: "mpegps", "mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "matroska" };
const untimed: readonly string[] = ["avi", "mpegps", "mxf"];

/** Above this quality changes are not seen; the bitrate is bounded so that the disk is ({@link file://../../contracts/conversion.ts}). */
const quality = { crf: "16", maxrate: "30M", bufsize: "60M" } as const;

/**
 * Each frame of the source once, at its own time counted from the first: interlaced ones made progressive, pixels as displayed turned
 * upright, an odd side made even by a black line, since 4:2:0 has colour for every second pixel.
 */
const filters = ["bwdif=mode=send_frame:parity=auto:deint=interlaced", "pad=width=ceil(iw/2)*2:height=ceil(ih/2)*2", "setpts=PTS-STARTPTS", "format=yuv420p"];

/**
 * Decodes a video with ffmpeg and writes an H.264 copy of it in MP4, without sound and without anything that the file told about
 * itself. Throws UnreadableVideo if the video can't be decoded, another error if the platform failed.
 */
export async function makeReadableCopy(source: string, copy: string, abort: AbortSignal): Promise<ReadableCopy> {
  const { container, codec } = await probe(source, abort);
  const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", quality.crf, "-maxrate", quality.maxrate, "-bufsize", quality.bufsize];
  const nothingElse = ["-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"];
  // A minute more than is analysed: what is longer is refused, and need not be read to its end for that.
  const longest = ["-t", String(longestVideoHours * 3600 + 60)];
  const { code, signal, said, output } = await run(
    ffmpegPath(),
    [
      ...["-nostdin", ...quietly, "-y", ...guard, "-i", `file:${source}`, "-map", "0:V:0", ...longest, "-vf", filters.join(",")],
      ...["-fps_mode", "passthrough", "-enc_time_base", "-1", ...encoder, ...nothingElse],
      ...["-movflags", "+faststart", "-f", "mp4", "-progress", "pipe:1", "-stats_period", "10", `file:${copy}`],
    ],
    abort,
  );
  const last = lastLine(said, [source, copy]);
  if (code === null) throw new Error(`ffmpeg was killed (${signal}).`);
  if (/No space left on device|Cannot allocate memory/.test(said)) throw new Error(`ffmpeg failed: ${last}`);
  if (code !== 0) throw new UnreadableVideo(`The video (${container}, ${codec}) can't be decoded${last === "" ? "." : `: ${last}`}`);
  const frameCount = Number([...output.matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1] ?? 0);
  if (frameCount === 0) throw new UnreadableVideo(`The video (${container}, ${codec}) holds no picture that can be decoded.`);
  return { container, codec, timing: untimed.includes(container) ? "derived" : "stored", frameCount };
}

const probed = z.object({
  format: z.object({ format_name: z.string() }),
  streams: z.array(
    z.object({ codec_name: z.string().optional(), codec_type: z.string().optional(), disposition: z.object({ attached_pic: z.int() }).optional() }),
  ),
});

async function probe(source: string, signal: AbortSignal): Promise<{ container: string; codec: string }> {
  const args = [...quietly, ...guard, "-of", "json", "-show_entries", "format=format_name:stream=codec_name,codec_type:stream_disposition=attached_pic"];
  const { code, said, output } = await run(ffprobePath(), [...args, `file:${source}`], signal);
  if (code !== 0) throw new UnreadableVideo(`The file can't be read as a video: ${lastLine(said, [source]) || "nothing in it is known."}`);
  const { format, streams } = probed.parse(JSON.parse(output));
  const stream = streams.find(({ codec_type, disposition }) => codec_type === "video" && disposition?.attached_pic !== 1);
  if (stream === undefined) throw new UnreadableVideo("The file holds no video stream.");
  if (stream.codec_name === undefined || stream.codec_name === "unknown") throw new UnreadableVideo("The codec of the video stream is one that nobody knows.");
  return { container: containerNames[format.format_name] ?? format.format_name, codec: stream.codec_name };
}

/** Longest complaint that is kept, and longest output: progress is told every ten seconds, for hours. */
const keptText = 8192;

async function run(program: string, args: readonly string[], signal: AbortSignal) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGKILL", env: { PATH: process.env["PATH"], LC_ALL: "C" } });
  const kept = (stream: Readable): (() => string) => {
    let text = "";
    stream.setEncoding("utf8").on("data", (more: string) => {
      text = (text + more).slice(-keptText);
    });
    return () => text;
  };
  const [output, said] = [kept(child.stdout as Readable), kept(child.stderr as Readable)];
  return new Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string; said: string }>((resolve, reject) => {
    child.once("error", (error) => reject(signal.aborted ? error : new Error(`${basename(program)} can't be started: ${error.message}`)));
    child.once("close", (code, by) => resolve({ code, signal: by, output: output(), said: said() }));
  });
}

/** The last thing a program complained of, as a sentence without paths. */
function lastLine(text: string, paths: readonly string[]): string {
  const line = text.trim().split("\n").at(-1)?.trim() ?? "";
  const unnamed = paths
    .reduce((left, path) => left.replaceAll(`file:${path}`, "the file").replaceAll(path, "the file"), line)
    .replaceAll(/ @ 0x[0-9a-f]+/g, "");
  return unnamed === "" || /[.!?]$/.test(unnamed) ? unnamed : `${unnamed}.`;
}
