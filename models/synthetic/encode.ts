import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";

/** Takes raw frames, one after the other. */
export interface FrameSink {
  /** Resolves when the sink has room for the next frame. The bytes are copied. */
  write(frame: Uint8ClampedArray | Uint8Array): Promise<void>;
  /** Resolves when everything is on disk. */
  close(): Promise<void>;
  /** Gives up: no file is left. */
  abort(): Promise<void>;
}

export interface VideoOptions {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: { readonly num: number; readonly den: number };
  /** Constant rate factor of x264: 18 is near the source, 28 is small. */
  readonly quality: number;
}

/**
 * Encodes raw RGB frames of even width and height as H.264 in MP4: yuv420p, BT.709, no audio, index in front, a key frame at least every two
 * seconds. `FFMPEG_PATH` names another ffmpeg.
 */
export function videoSink({ file, width, height, frameRate, quality }: VideoOptions): FrameSink {
  const rate = `${frameRate.num}/${frameRate.den}`;
  const keyFrames = Math.max(1, Math.round((2 * frameRate.num) / frameRate.den));
  const ffmpeg = spawn(
    process.env["FFMPEG_PATH"] ?? "ffmpeg",
    [
      ["-hide_banner", "-loglevel", "error", "-y"],
      ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${width}x${height}`, "-r", rate, "-i", "pipe:0"],
      ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"],
      ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"],
      ["-c:v", "libx264", "-preset", "medium", "-crf", String(quality), "-g", String(keyFrames)],
      ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart", "-f", "mp4", file],
    ].flat(),
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  let messages = "";
  ffmpeg.stderr.on("data", (chunk: Buffer) => {
    messages = (messages + chunk.toString()).slice(-2000);
  });
  const done = new Promise<void>((resolve, reject) => {
    ffmpeg.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new Error("ffmpeg was not found. Install it (Debian: apt-get install -y --no-install-recommends ffmpeg) or name it in FFMPEG_PATH.")
          : error,
      ),
    );
    ffmpeg.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`ffmpeg could not encode ${file} (exit code ${code}): ${messages.trim()}`))));
  });
  done.catch(() => {}); // Reported by the next write or by close.
  ffmpeg.stdin.on("error", () => {}); // Reported by the write that failed.
  return {
    write: async (frame) => {
      try {
        await writeTo(ffmpeg.stdin, frame);
      } catch (error) {
        await done; // ffmpeg's own message says more than the broken pipe's.
        throw error;
      }
    },
    close: async () => {
      ffmpeg.stdin.end();
      await done;
    },
    abort: async () => {
      ffmpeg.kill("SIGKILL");
      await done.catch(() => {});
      await rm(file, { force: true });
    },
  };
}

/** Writes raw frames one behind the other into a file. */
export function rawSink(file: string): FrameSink {
  const stream = createWriteStream(file);
  stream.on("error", () => {}); // Reported by the write that failed.
  return {
    write: (frame) => writeTo(stream, frame),
    close: async () => {
      stream.end();
      await finished(stream);
    },
    abort: async () => {
      stream.destroy();
      await rm(file, { force: true });
    },
  };
}

const writeTo = (stream: Writable, frame: Uint8ClampedArray | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(Buffer.from(frame), (error) => (error ? reject(error) : resolve()));
  });
