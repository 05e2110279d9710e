import type { FrameSpan } from "../../contracts/primitives.ts";
import { signalHeight, signalWidth } from "./signal-measures.ts";

/**
 * The one container format that a file from outside may have. ffmpeg guesses by content otherwise, and follows a playlist
 * that calls itself a segment to whatever it names.
 */
export type Demuxer = "mpegts" | "mov";

/** Pictures that one decode pass makes of a video. */
export interface DecodePlan {
  readonly video: string;
  /** Named wherever the video comes from outside. */
  readonly demuxer?: Demuxer;
  /** Every `step`-th frame, from 0, goes to each raster in `rasters`, as packed RGB. */
  readonly step: number;
  /** The frame from which is counted, below `step`. @default 0 */
  readonly first?: number;
  readonly rasters: readonly { readonly width: number; readonly height: number }[];
  /** Whether every frame goes out as luma of {@link signalWidth} x {@link signalHeight}. */
  readonly signals: boolean;
  readonly sprites: SpritePlan | undefined;
  /** Decode only frames that can be decoded alone; then `step` counts those. Such a pass costs a tenth. */
  readonly keyFramesOnly: boolean;
  /** End at the first error: what came before it is numbered right. Without, a frame that can't be decoded goes missing, and the ones after it count one less. @default false */
  readonly stopAtError?: boolean;
}

export interface SpritePlan {
  readonly frameStep: number;
  /** Spans of thumbnails (not frames) to blacken. */
  readonly blank: readonly FrameSpan[];
  /** The sizes in which every thumbnail is drawn. */
  readonly sheets: readonly SheetPlan[];
}

export interface SheetPlan {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Boxes to blacken, in pixels of a thumbnail, each in a span of thumbnails. */
  readonly covers: readonly SpriteCover[];
  readonly encoding: keyof typeof encodings;
  /** Pattern of the files, such as `/folder/sheet-%05d.webp`, numbered from 0. */
  readonly pattern: string;
}

/** Of the sample's frames WebP is two fifths smaller, and JPEG takes a third of the time: the one for what travels to people, the other for what is large. */
const encodings = {
  webp: { filters: [], codec: ["libwebp", "-quality", "75", "-compression_level", "2"] },
  // Its range is full. Boxes are drawn before: their black is that of the limited range.
  jpeg: { filters: ["format=yuvj420p"], codec: ["mjpeg", "-q:v", "4"] },
} as const;

export interface SpriteCover extends FrameSpan {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** First file descriptor that carries pictures: luma if there are signals, then one for each raster in order. */
export const firstPictureDescriptor = 3;

/** How ffmpeg decodes. The one place for a hardware decoder's flags (`-hwaccel cuda` on a GPU instance whose ffmpeg has it; Debian's has not). */
const decodeFlags: readonly string[] = [];

/**
 * Arguments of the one ffmpeg run: the decoded frames fan out inside it, so that a picture is decoded once and never
 * compressed between decoder and network. `fast_bilinear` is enough for measures over whole pictures; networks get
 * `area`, the average of what a pixel covers.
 */
export function ffmpegArguments(plan: DecodePlan): string[] {
  const branches: string[] = [];
  const outputs: string[] = [];
  let descriptor = firstPictureDescriptor;
  const raw = (label: string): void => {
    outputs.push("-map", `[${label}]`, "-fps_mode", "passthrough", "-f", "rawvideo", `pipe:${descriptor++}`);
  };
  if (plan.signals) {
    branches.push(`scale=${signalWidth}:${signalHeight}:flags=fast_bilinear,format=gray[signals]`);
    raw("signals");
  }
  if (plan.rasters.length > 0) {
    const labels = plan.rasters.map((_, i) => `raster${i}`);
    const split = labels.length > 1 ? `,split=${labels.length}${labels.map((label) => `[${label}-full]`).join("")}` : `[${labels[0]}-full]`;
    const scales = plan.rasters.map(({ width, height }, i) => `[raster${i}-full]scale=${width}:${height}:flags=area,format=rgb24[raster${i}]`);
    branches.push([`${sampled(plan)}${split}`, ...scales].join(";"));
    for (const label of labels) raw(label);
  }
  if (plan.sprites) {
    branches.push(spriteFilter(plan.sprites));
    for (const [i, { encoding, pattern }] of plan.sprites.sheets.entries()) {
      outputs.push("-map", `[sheets${i}]`, "-fps_mode", "passthrough", "-c:v", ...encodings[encoding].codec);
      outputs.push("-f", "image2", "-start_number", "0", pattern);
    }
  }
  const inputs = branches.map((_, i) => `[branch${i}]`);
  const trunk = branches.length > 1 ? [`[0:v:0]split=${branches.length}${inputs.join("")}`] : [];
  const graph = [...trunk, ...branches.map((branch, i) => `${branches.length > 1 ? inputs[i] : "[0:v:0]"}${branch}`)].join(";");
  return [
    ...["-nostdin", "-hide_banner", "-nostats", "-benchmark", "-loglevel", "level+info"],
    ...decodeFlags,
    ...(plan.stopAtError ? ["-xerror"] : []),
    ...(plan.keyFramesOnly ? ["-skip_frame", "nokey"] : []),
    ...(plan.demuxer ? ["-f", plan.demuxer] : []),
    ...["-i", plan.video, "-filter_complex", graph, ...outputs],
  ];
}

/**
 * With key frames only, a picture that is not intra-coded goes missing rather than through: containers also flag the
 * frames from which a gradual refresh starts, and those show garbage when decoded alone.
 */
const sampled = ({ step, first, keyFramesOnly }: DecodePlan): string => (keyFramesOnly ? `select='eq(pict_type,I)*not(mod(n,${step}))'` : every(step, first));

const every = (step: number, first = 0): string => (step === 1 ? "null" : `select='not(mod(n${first > 0 ? `-${first}` : ""},${step}))'`);

/** ffmpeg's filter that blackens a box of a picture, in its pixels. */
export const blackened = ({ x, y, width, height }: Omit<SpriteCover, keyof FrameSpan>): string => `drawbox=x=${x}:y=${y}:w=${width}:h=${height}:c=black:t=fill`;

function spriteFilter({ frameStep, blank, sheets }: SpritePlan): string {
  const within = ({ startFrame, endFrame }: FrameSpan) => `between(n,${startFrame},${endFrame - 1})`;
  const drawn = sheets.map(({ columns, rows, tileWidth, tileHeight, covers, encoding }, i) => {
    const filters = [
      `scale=${tileWidth}:${tileHeight}:flags=area`,
      "format=yuv420p",
      ...(blank.length > 0 ? [`drawbox=c=black:t=fill:enable='${blank.map(within).join("+")}'`] : []),
      ...covers.map((cover) => `${blackened(cover)}:enable='${within(cover)}'`),
      `tile=${columns}x${rows}`,
      ...encodings[encoding].filters,
    ];
    return `${filters.join(",")}[sheets${i}]`;
  });
  if (drawn.length === 1) return `${every(frameStep)},${drawn[0]}`;
  const tiles = drawn.map((_, i) => `[tiles${i}]`);
  return [`${every(frameStep)},split=${tiles.length}${tiles.join("")}`, ...drawn.map((chain, i) => `${tiles[i]}${chain}`)].join(";");
}
