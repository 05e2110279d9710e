import type { VideoSpan } from "../../media/probe.ts";
import type { CapturedFrames, EncodedVideo, InsertableImage } from "./settings.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface FrameRate {
  readonly num: number;
  readonly den: number;
}

/** Half-open span of output frames in which one image covers a box of the picture. */
export interface Cover extends Size {
  readonly image: string;
  readonly x: number;
  readonly y: number;
  readonly startFrame: number;
  readonly endFrame: number;
}

const even = (value: number, limit: number): number => Math.max(2, Math.min(2 * Math.round(value / 2), 2 * Math.floor(limit / 2)));

/**
 * ScalingBehavior FIT: the largest size inside the box with the picture's aspect, nothing cropped and nothing padded.
 * Both sides are even, as 4:2:0 needs; that bends the aspect by at most one pixel a side.
 */
export function fitWithin(picture: Size, box: { readonly width: number | undefined; readonly height: number | undefined }): Size {
  const widest = box.width ?? (box.height === undefined ? picture.width : (picture.width * box.height) / picture.height);
  const highest = box.height ?? (box.width === undefined ? picture.height : (picture.height * box.width) / picture.width);
  const scale = Math.min(widest / picture.width, highest / picture.height);
  return { width: even(picture.width * scale, widest), height: even(picture.height * scale, highest) };
}

/** Frame number of a timecode HH:MM:SS:FF without drop frames: a timecode second counts `ceil(rate)` frames. (SMPTE ST 12-1) */
export function timecodeFrame(timecode: string, rate: FrameRate): number {
  const [hours, minutes, seconds, frames] = timecode.split(":").map(Number) as [number, number, number, number];
  return ((hours * 60 + minutes) * 60 + seconds) * Math.ceil(rate.num / rate.den) + frames;
}

/** The box and the output frames that an inserted image covers: from its timecode on, for its duration rounded to whole frames. */
export function coverOf({ ImageInserterInput, ImageX, ImageY, Width, Height, StartTime, Duration }: InsertableImage, rate: FrameRate): Cover {
  const startFrame = timecodeFrame(StartTime, rate);
  const endFrame = startFrame + Math.max(1, Math.round((Duration * rate.num) / (rate.den * 1000)));
  return { image: ImageInserterInput, x: ImageX, y: ImageY, width: Width, height: Height, startFrame, endFrame };
}

/**
 * DUPLICATE_DROP: output frame n shows the source frame nearest to n/rate after the first one; the later of two that are
 * equally near. Each frame's time is set half-way to its predecessor, from where it is the nearest, in a timebase twice as
 * fine so that halves are exact; rounding up then gives the first output frame that it is shown at.
 */
const duplicateDrop = (rate: FrameRate, lastFrames: number): string[] => [
  "settb=intb/2",
  "setpts=if(N\\,(PTS+PREV_INPTS)/2\\,PTS)-STARTPTS",
  `fps=fps=${rate.num}/${rate.den}:round=up`,
  `tpad=stop_mode=clone:stop=${lastFrames}`,
];

/**
 * How many frames an output of constant rate has: the input's length, rounded. `lastFrames` of them, and some to spare,
 * show the last picture: the filters don't know how long that is shown, so it is repeated and the output cut off.
 */
export function outputFrames(span: VideoSpan, rate: FrameRate): { frames: number; lastFrames: number } {
  const framesIn = (ticks: number): number => (ticks * span.timebase.num * rate.num) / (span.timebase.den * rate.den);
  const lastFrames = span.lastDuration === undefined ? 1 : framesIn(span.lastDuration);
  return { frames: Math.max(1, Math.round(framesIn(span.lastPts - span.firstPts) + lastFrames)), lastFrames: Math.ceil(lastFrames) + 1 };
}

/** `bicubic` is MediaConvert's default sharpness as far as can be told; the other flags make the result the same on every processor. */
const scale = ({ width, height }: Size): string[] => [
  `scale=w=${width}:h=${height}:flags=bicubic+accurate_rnd+full_chroma_int+bitexact`,
  "setsar=1",
  "format=yuv420p",
];

const deinterlacer = ({ VideoPreprocessors }: EncodedVideo | CapturedFrames): string[] =>
  VideoPreprocessors?.Deinterlacer ? ["bwdif=mode=send_frame:parity=auto:deint=interlaced"] : [];

/**
 * The filter graph of one encoded output, from the input's video to the label `[video]`. Covers use ffmpeg's inputs from 1
 * on, one for each of `images`. Order: deinterlace while fields are neighbours, drop frames early, scale, cover last.
 */
export function videoFilterGraph(
  video: EncodedVideo,
  output: Size & { readonly lastFrames: number },
  covers: readonly Cover[],
  images: readonly string[],
): string {
  const { FramerateNumerator: num, FramerateDenominator: den } = video.CodecSettings.H264Settings;
  return covered([...deinterlacer(video), ...duplicateDrop({ num, den }, output.lastFrames), ...scale(output)].join(","), covers, images);
}

/** Lays covers over a picture: one image scaled for each box that it covers, shown in all the spans that it covers it in. */
function covered(picture: string, covers: readonly Cover[], images: readonly string[]): string {
  const boxes = new Map<string, Cover[]>();
  for (const cover of covers) {
    const box = [cover.image, cover.x, cover.y, cover.width, cover.height].join(" ");
    boxes.set(box, [...(boxes.get(box) ?? []), cover]);
  }
  const graph = [`[0:V:0]${picture}${boxes.size === 0 ? "[video]" : "[shown0]"}`];
  for (const [i, same] of [...boxes.values()].entries()) {
    const { image, x, y, ...size } = same[0] as Cover;
    const spans = same.map(({ startFrame, endFrame }) => `between(n\\,${startFrame}\\,${endFrame - 1})`);
    graph.push(`[${images.indexOf(image) + 1}:v:0]${scale(size).join(",")}[image${i}]`);
    graph.push(
      `[shown${i}][image${i}]overlay=x=${x}:y=${y}:format=yuv420:eof_action=repeat:enable=${spans.join("+")}[${i === boxes.size - 1 ? "video" : `shown${i + 1}`}]`,
    );
  }
  return graph.join(";");
}

/** How many pictures are captured: the first frame, then one every `seconds` before the end. */
export function captureCount(span: VideoSpan, { num, den }: FrameRate): number {
  const ticks = span.lastPts - span.firstPts + (span.lastDuration ?? 0);
  const inSteps = (ticks * span.timebase.num * num) / (span.timebase.den * den);
  return Math.max(1, Math.ceil(inSteps));
}

/** The filter graph of captured frames. A capture shows what is shown at its time; a video that ends in a long still is captured to its end. */
export function captureFilterGraph(video: CapturedFrames, size: Size, count: number): string {
  const { FramerateNumerator: num, FramerateDenominator: den } = video.CodecSettings.FrameCaptureSettings;
  const steps = ["setpts=PTS-STARTPTS", `fps=fps=${num}/${den}:round=up`, `tpad=stop_mode=clone:stop=${count}`];
  return `[0:V:0]${[...deinterlacer(video), ...steps, ...scale(size).slice(0, -1), "format=yuvj420p"].join(",")}[video]`;
}
