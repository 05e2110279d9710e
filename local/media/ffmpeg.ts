import { lastLines, startChild } from "../services/jobs/child-process.ts";
import type { MediaTools } from "./tools.ts";

/** A program of ours ended badly; the message holds its last lines. */
export class MediaError extends Error {
  constructor(program: string, detail: string) {
    super(`${program} failed: ${detail}`);
    this.name = "MediaError";
  }
}

/**
 * Containers that we read, by ffmpeg's names. Playlists and concatenation scripts are not among them: an upload that
 * is one could otherwise make ffmpeg open other files. Bare audio formats are not, because plain text passes for them.
 */
const readableFormats = ["mov", "matroska", "mpegts", "mpeg", "avi", "mxf", "asf", "ogg"] as const;
/** What an image file may be. */
const readableImages = ["png_pipe", "bmp_pipe", "tga_pipe"] as const;

const onlyLocalFiles = ["-protocol_whitelist", "file"];
/** Options that must stand before an input video. */
export const inputGuard: readonly string[] = [...onlyLocalFiles, "-format_whitelist", readableFormats.join(",")];
/** Options that must stand before an input image. */
export const imageGuard: readonly string[] = [...onlyLocalFiles, "-format_whitelist", readableImages.join(",")];

/** `file:` keeps a path that looks like an URL or an option a path. */
export const fileArgument = (path: string): string => `file:${path}`;

const environment = { PATH: process.env.PATH ?? "", LC_ALL: "C" };

const quietly = ["-hide_banner", "-loglevel", "error"];

async function runProgram(
  program: "ffmpeg" | "ffprobe",
  path: string,
  args: readonly string[],
  options: { signal?: AbortSignal; cwd?: string; onStdout?: (chunk: Buffer) => void },
): Promise<void> {
  const { code, signal, stderr } = await startChild(path, args, { ...options, env: environment }).exited;
  options.signal?.throwIfAborted();
  // Where a file lies on this machine is nobody's business, and objects have no names.
  const said = args.filter((arg) => arg.startsWith("file:")).reduce((text, arg) => text.replaceAll(arg, "the file"), lastLines(stderr));
  if (code !== 0) throw new MediaError(program, said || `it ended with ${code === null ? signal : `status ${code}`} and said nothing.`);
}

/** Seconds of output written so far, from a line of `-progress`; undefined for any other line. */
export function progressSeconds(line: string): number | undefined {
  const match = /^out_time_us=(\d+)$/.exec(line);
  return match ? Number(match[1]) / 1e6 : undefined;
}

/** Calls `take` with every whole line of a stream of chunks. */
export function byLine(take: (line: string) => void): (chunk: Buffer) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) take(line);
  };
}

/**
 * Runs ffmpeg to its end. Throws {@link MediaError} with its last lines if it fails, and the signal's reason, after
 * killing it, if that aborts. Standard output is either progress or, with `onLine`, the caller's.
 */
export async function runFfmpeg(
  tools: MediaTools,
  args: readonly string[],
  options: { signal?: AbortSignal; cwd?: string; onSeconds?: (seconds: number) => void; onLine?: (line: string) => void } = {},
): Promise<void> {
  const { onSeconds, onLine, ...rest } = options;
  const progress = onSeconds ? ["-progress", "pipe:1", "-stats_period", "0.5"] : [];
  const onStdout = byLine(
    onLine ??
      ((line) => {
        const seconds = progressSeconds(line.trim());
        if (seconds !== undefined) onSeconds?.(seconds);
      }),
  );
  await runProgram("ffmpeg", tools.ffmpeg, ["-nostdin", ...quietly, ...progress, ...args], { ...rest, onStdout });
}

/** Runs ffprobe and reads its JSON. */
export async function runFfprobe(tools: MediaTools, args: readonly string[], options: { signal?: AbortSignal } = {}): Promise<unknown> {
  const chunks: Buffer[] = [];
  await runProgram("ffprobe", tools.ffprobe, [...quietly, "-of", "json", ...args], { ...options, onStdout: (chunk) => chunks.push(chunk) });
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

/** Runs ffprobe and hands over its lines as they come, for answers too long to keep. */
export async function runFfprobeLines(
  tools: MediaTools,
  args: readonly string[],
  onLine: (line: string) => void,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  await runProgram("ffprobe", tools.ffprobe, [...quietly, ...args], { ...options, onStdout: byLine(onLine) });
}
