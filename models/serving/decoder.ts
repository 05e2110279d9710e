import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { type DecodePlan, ffmpegArguments, firstPictureDescriptor } from "./decode-plan.ts";
import { ended, ffmpegPath } from "./programs.ts";

export interface DecoderUsage {
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

export interface Decoder {
  /** Luma of every frame, if planned. */
  readonly signals: Readable | undefined;
  /** Packed RGB of the sampled frames, one stream for each raster of the plan. */
  readonly rasters: readonly Readable[];
  /** What the run cost, once it has ended well. Rejects with ffmpeg's own complaint, or when aborted. */
  readonly finished: Promise<DecoderUsage>;
  /** Whether ffmpeg spoke of an error so far: a frame may have gone missing. */
  complained(): boolean;
}

/** Starts the decode pass. A stream that isn't read makes ffmpeg wait. */
export function startDecoder(plan: DecodePlan, abort: AbortSignal): Decoder {
  const streamCount = plan.rasters.length + (plan.signals ? 1 : 0);
  const child = spawn(ffmpegPath(), ffmpegArguments(plan), {
    stdio: ["ignore", "ignore", "pipe", ...Array<"pipe">(streamCount).fill("pipe")],
    signal: abort,
    killSignal: "SIGKILL",
  });
  let log = "";
  let complained = false;
  (child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-20_000);
    complained ||= isComplaint.test(log);
  });
  const finished = ended(child, "ffmpeg", () => complaints(log)).then(() => usageFrom(log));
  // Awaited beside the streams; if they fail first, nobody awaits it any more.
  finished.catch(() => {});
  const streams = child.stdio.slice(firstPictureDescriptor) as Readable[];
  return { signals: plan.signals ? streams[0] : undefined, rasters: plan.signals ? streams.slice(1) : streams, finished, complained: () => complained };
}

/** `-benchmark` prints what the operating system counted for the run. */
function usageFrom(log: string): DecoderUsage {
  const times = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(log);
  const memory = /bench: maxrss=(\d+)/.exec(log);
  if (!times || !memory) throw new Error("ffmpeg did not report its usage: version 5.1 or later is needed.");
  return { cpuSeconds: Number(times[1]) + Number(times[2]), peakMemoryBytes: Number(memory[1]) * 1024 };
}

const isComplaint = /\[(error|fatal|panic)\]/;

function complaints(log: string): string {
  const lines = log.split("\n").filter((line) => isComplaint.test(line));
  return lines.slice(-3).join(" ") || "it said nothing.";
}
