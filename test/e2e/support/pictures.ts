import { execFileSync } from "node:child_process";

/** Side of the squares that a picture is made of to be compared: small enough that no codec's noise matters. */
const grid = { width: 64, height: 36 };

/** What ffprobe says of a video: its codec, size, frames as they are counted, and seconds. */
export function probed(file: string): Record<string, string | number> {
  const args = ["-v", "error", "-select_streams", "v:0", "-count_frames", "-show_entries", "stream=codec_name,width,height,nb_read_frames,duration"];
  const told = execFileSync(process.env["FFPROBE_PATH"] ?? "ffprobe", [...args, "-of", "json", file], { encoding: "utf8" });
  const { codec_name, width, height, nb_read_frames, duration } = (JSON.parse(told) as { streams: Record<string, string | number>[] }).streams[0] ?? {};
  return { codec_name, width, height, nb_read_frames, duration } as Record<string, string | number>;
}

/** Every picture of a video, small and grey. */
export function greyPictures(file: string): Buffer[] {
  const args = [
    "-v",
    "error",
    "-i",
    file,
    "-vf",
    `scale=${grid.width}:${grid.height}:flags=area,format=gray`,
    "-fps_mode",
    "passthrough",
    "-f",
    "rawvideo",
    "-",
  ];
  const pixels = execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", args, { maxBuffer: 2 ** 28 });
  const size = grid.width * grid.height;
  return Array.from({ length: pixels.length / size }, (_, i) => pixels.subarray(i * size, (i + 1) * size));
}

/** Mean difference of two pictures, 0 to 255. */
export const differenceOf = (a: Buffer, b: Buffer): number => a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length;
