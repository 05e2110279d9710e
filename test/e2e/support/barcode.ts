import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { encodeRuns, type FrameTable } from "../../../contracts/frame-table.ts";

/** Bits of a frame's number, in picture and overlay. */
export const bits = 10;
export const cell = 32;
/** Rows of the picture, in pixels: the number that is burnt in, and the one that the overlay draws over black. */
const burntRow = { y: 0, height: cell };
export const drawnRow = { y: 200, height: 24 };
export const size = { width: 640, height: 360 };

export interface BarcodeClip {
  readonly file: Buffer;
  readonly table: FrameTable;
  readonly frameCount: number;
}

/**
 * A video that shows every frame's number as bits, least first: white is one. `variable` drops three of eleven pictures, so that
 * frames last differently long, and `sourceOffset` lets the source begin later than at zero, in ticks.
 */
export function barcodeClip(path: string, frameRate: number, seconds: number, { variable = false, sourceOffset = 0 } = {}): BarcodeClip {
  const bit = (i: number) => `drawbox=x=${i * cell}:y=${burntRow.y}:w=${cell}:h=${cell}:color=white:t=fill:enable='mod(floor(n/${2 ** i}),2)'`;
  const filters = [
    ...(variable ? ["select='gt(mod(n,11),2)'"] : []),
    `drawbox=x=0:y=${burntRow.y}:w=${bits * cell}:h=${burntRow.height}:color=black:t=fill`,
    `drawbox=x=0:y=${drawnRow.y - 30}:w=${size.width}:h=${drawnRow.height + 60}:color=black:t=fill`,
    ...Array.from({ length: bits }, (_, i) => bit(i)),
  ];
  execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", [
    ...["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", `testsrc2=s=${size.width}x${size.height}:r=${frameRate}:d=${seconds}`],
    ...["-vf", filters.join(","), "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"],
    ...["-g", String(frameRate), "-bf", "2", "-video_track_timescale", "90000", "-movflags", "+faststart", path],
  ]);
  const probe = execFileSync(
    process.env["FFPROBE_PATH"] ?? "ffprobe",
    ["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts", "-of", "csv=p=0", path],
    { encoding: "utf8" },
  );
  const pts = probe
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Number.parseInt(line, 10))
    .sort((a, b) => a - b);
  const frameCount = pts.length;
  const timebase = { num: 1, den: 90_000 };
  const review = { timebase, frameCount, pts: encodeRuns(pts), sourceFrame: encodeRuns(pts.map((_, i) => i)) };
  return {
    file: readFileSync(path),
    frameCount,
    table: {
      schema: "frame-table/1.0",
      source: { timebase, frameCount, pts: encodeRuns(pts.map((at) => at + sourceOffset)), variableFrameRate: variable },
      renditions: { review, analysis: review },
    },
  };
}

/** Boxes that spell every frame's number, as a detection chunk: what the overlay draws for a frame can be read off the picture. */
export function barcodeBoxes(frameCount: number): object {
  const frames = Array.from({ length: frameCount }, (_, frame) => frame);
  const ones = frames.map((frame) => Array.from({ length: bits }, (_, i) => i).filter((i) => (frame >> i) & 1));
  const flat = ones.flat();
  let offset = 0;
  return {
    schema: "detection-chunk/1.0",
    producer: "barcode",
    frames,
    offsets: [0, ...ones.map((set) => (offset += set.length))],
    label: flat,
    score: flat.map(() => 1),
    box: flat.flatMap((i) => [i * cell + 4, drawnRow.y, cell - 8, drawnRow.height]),
    track: flat.map(() => -1),
  };
}

/** Runs in the page: reads both numbers off the canvas. */
export const readNumbers = `(() => {
  const canvas = document.querySelector("#picture");
  const read = (y) => {
    const { data, width } = canvas.getContext("2d").getImageData(0, y, ${bits * cell}, 1);
    let number = 0;
    for (let i = 0; i < ${bits}; i++) {
      const at = 4 * (i * ${cell} + ${cell / 2});
      if (data[at] + data[at + 1] + data[at + 2] > 200) number |= 1 << i;
    }
    return number;
  };
  return [read(${burntRow.y + cell / 2}), read(${drawnRow.y + drawnRow.height}), Number(canvas.dataset.frame)];
})()`;
