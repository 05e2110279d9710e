import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const bits = 8;
const width = 320;
const height = 180;

/**
 * Options of an input whose frame n shows n (0..255) as eight bars, black for 0 and white for 1, lowest bit left:
 * the number survives scaling and coding, so a test can ask any picture which frame it was.
 */
export const numberedFrames = (frames: number, rate: string | number): string[] => [
  ...[
    "-f",
    "lavfi",
    "-i",
    `color=black:size=${width}x${height}:rate=${rate},trim=end_frame=${frames},geq=lum='if(mod(floor(N/pow(2\\,floor(${bits}*X/W)))\\,2)\\,235\\,16)':cb=128:cr=128`,
  ],
];

/** Runs ffmpeg for a test's own needs. */
export async function ffmpeg(...args: string[]): Promise<Buffer> {
  const { stdout } = await run("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", ...args], { encoding: "buffer", maxBuffer: 1 << 28 });
  return stdout;
}

/** The decoded pictures of a file, grey, at the given size. */
export async function greyFrames(path: string, size = { width, height }): Promise<Buffer[]> {
  const pixels = await ffmpeg(
    "-noautorotate",
    "-i",
    path,
    "-map",
    "0:v:0",
    "-fps_mode",
    "passthrough",
    "-vf",
    `scale=${size.width}:${size.height}`,
    "-pix_fmt",
    "gray",
    "-f",
    "rawvideo",
    "pipe:1",
  );
  const bytes = size.width * size.height;
  return Array.from({ length: pixels.length / bytes }, (_, i) => pixels.subarray(i * bytes, (i + 1) * bytes));
}

/** Which numbered frame each picture of a file shows. */
export async function shownFrames(path: string): Promise<number[]> {
  return (await greyFrames(path)).map((frame) => {
    let number = 0;
    for (let bit = 0; bit < bits; bit++) {
      const x = Math.floor(((bit + 0.5) * width) / bits);
      if ((frame[(height / 2) * width + x] as number) > 126) number |= 1 << bit;
    }
    return number;
  });
}

/** Presentation times and key-frame flags of a file's packets, in presentation order. */
export async function packets(path: string): Promise<{ pts: number; key: boolean }[]> {
  const { stdout } = await run("ffprobe", ["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts,flags", "-of", "csv=p=0", path]);
  return stdout
    .split("\n")
    .filter((line) => /^\d+,/.test(line))
    .map((line) => {
      const [pts, flags] = line.split(",") as [string, string];
      return { pts: Number(pts), key: flags.startsWith("K") };
    })
    .sort((a, b) => a.pts - b.pts);
}

/** Copies an MP4 whose player has to turn the picture clockwise by 90 degrees: sets the matrix in its track header. (ISO/IEC 14496-12, 8.3.2) */
export async function turnClockwise(from: string, to: string): Promise<void> {
  const bytes = await readFile(from);
  const matrix = bytes.indexOf("tkhd") + 44;
  for (const [i, value] of [0, 0x10000, 0, -0x10000, 0].entries()) bytes.writeInt32BE(value, matrix + 4 * i);
  await writeFile(to, bytes);
}
