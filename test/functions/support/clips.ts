import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ffmpeg = process.env["FFMPEG_PATH"] ?? "ffmpeg";
const ffprobe = process.env["FFPROBE_PATH"] ?? "ffprobe";

/** A folder of small videos that ffmpeg makes, removed with {@link ClipFolder.remove}. */
export class ClipFolder {
  readonly #path = mkdtempSync(join(tmpdir(), "svp-clips-"));

  path(name: string): string {
    return join(this.#path, name);
  }

  /** Runs ffmpeg; its last argument is a name in the folder. Gives the file's path. */
  make(name: string, ...args: string[]): string {
    const path = this.path(name);
    execFileSync(ffmpeg, ["-nostdin", "-v", "error", "-y", ...args, path]);
    return path;
  }

  /** Test pictures: `seconds` at `rate`, H.264 with B-frames. */
  pictures(name: string, rate: string, seconds: number, ...args: string[]): string {
    return this.make(name, "-f", "lavfi", "-i", `testsrc2=s=160x120:r=${rate}:d=${seconds}`, ...x264, "-bf", "2", "-g", "12", ...args);
  }

  write(name: string, content: Uint8Array | string): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

export const x264: readonly string[] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

/** The first share of a file, as an upload that broke off leaves it. */
export const cutOff = (file: string, share: number): Buffer => {
  const whole = readFileSync(file);
  return whole.subarray(0, Math.floor(whole.length * share));
};

/** Presentation times of all frames that ffmpeg decodes, and how many it counts. */
export function decodedFrames(file: string): { count: number; pts: number[] } {
  const args = ["-v", "quiet", "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames:frame=best_effort_timestamp", "-of", "json"];
  const { streams, frames } = JSON.parse(execFileSync(ffprobe, [...args, file], { encoding: "utf8" })) as {
    streams: { nb_read_frames: string }[];
    frames: { best_effort_timestamp: number }[];
  };
  return { count: Number(streams[0]?.nb_read_frames), pts: frames.map((frame) => frame.best_effort_timestamp) };
}

/** Pictures that carry their number: twelve columns, white for a one bit, the lowest bit on the left. To be put after whatever drops frames. */
export const numberedPictures = "geq=lum='if(mod(floor(N/pow(2,floor(X/16))),2),235,16)':cb=128:cr=128";
export const numberedSize = "192x64";

/** Reads the numbers of {@link numberedPictures} back from the first `frames` pictures that a filter graph gives for a file. The graph's output is `[video]`. */
export function shownNumbers(file: string, graph: string, frames: number): number[] {
  const args = ["-nostdin", "-v", "error", "-i", file, "-filter_complex", `${graph};[video]format=gray[gray]`, "-map", "[gray]", "-fps_mode", "passthrough"];
  const pixels = execFileSync(ffmpeg, [...args, "-frames:v", String(frames), "-f", "rawvideo", "-"], { maxBuffer: 1 << 28 });
  const [width, height] = numberedSize.split("x").map(Number) as [number, number];
  return Array.from({ length: pixels.length / (width * height) }, (_, frame) => {
    const row = frame * width * height + (height / 2) * width;
    return Array.from({ length: 12 }, (_, bit) => (pixels[row + bit * 16 + 8] as number) > 125).reduce((sum, one, bit) => sum + (one ? 2 ** bit : 0), 0);
  });
}
