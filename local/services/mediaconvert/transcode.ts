import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileArgument, imageGuard, inputGuard, MediaError, runFfmpeg } from "../../media/ffmpeg.ts";
import { displaySize, type ProbedStream, parseRatio, probeFile, type VideoSpan, videoSpan, videoStream } from "../../media/probe.ts";
import type { MediaTools } from "../../media/tools.ts";
import { h264Arguments } from "./h264-encoder.ts";
import {
  codecString,
  destinationOf,
  hlsArguments,
  isHls,
  mp4Arguments,
  multivariantPlaylist,
  pictureArguments,
  playlistSegments,
  type Variant,
} from "./packaging.ts";
import type { EncodedVideo, JobSettings, OutputGroup, PictureOutput, VideoDescription } from "./settings.ts";
import { type Cover, captureCount, captureFilterGraph, coverOf, fitWithin, outputFrames, type Size, videoFilterGraph } from "./video-filters.ts";

/** What one output became, as GetJob tells it. */
export interface OutputDetail {
  readonly DurationInMs: number;
  readonly VideoDetails: { readonly WidthInPx: number; readonly HeightInPx: number };
}

/** A file of an output group, ready to be stored. */
export interface OutputFile {
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly kmsKeyArn: string;
}

export interface Transcoded {
  readonly files: readonly OutputFile[];
  readonly details: readonly { readonly OutputDetails: readonly OutputDetail[] }[];
}

const contentTypes: Readonly<Record<string, string>> = {
  m3u8: "application/vnd.apple.mpegurl",
  ts: "video/mp2t",
  mp4: "video/mp4",
  jpg: "image/jpeg",
};

const isEncoded = (video: VideoDescription): video is EncodedVideo => video.CodecSettings.Codec === "H_264";

/**
 * Runs a job's outputs one after the other into `folder` and says what to store where.
 * `fileOf` gives the local file of an `s3://` URI. Throws MediaError if the input can't be read or a command fails.
 */
export async function transcode(
  tools: MediaTools,
  settings: JobSettings,
  options: { folder: string; signal: AbortSignal; progress: (percent: number) => void; fileOf: (uri: string) => Promise<string> },
): Promise<Transcoded> {
  const [input] = settings.Inputs;
  const source = { path: await options.fileOf(input.FileInput), turned: input.VideoSelector?.Rotate === "AUTO" };
  const probed = await probeFile(tools, source.path, { signal: options.signal });
  const stream = videoStream(probed);
  if (!stream) throw new MediaError("The input", "it has no video stream.");
  const span = await videoSpan(tools, source.path, stream, { signal: options.signal });
  const outputCount = settings.OutputGroups.reduce((count, group) => count + group.Outputs.length, 0);
  let done = 0;
  const files: OutputFile[] = [];
  const details: { OutputDetails: OutputDetail[] }[] = [];

  for (const [index, group] of settings.OutputGroups.entries()) {
    const { bucket, folder, base, kmsKeyArn } = destinationOf(group, input.FileInput);
    const cwd = join(options.folder, String(index));
    await mkdir(cwd);
    const made: Made[] = [];
    const shown: OutputDetail[] = [];
    for (const output of group.Outputs) {
      const stem = `${base}${output.NameModifier ?? ""}`;
      const container = isHls(group) ? hlsArguments(stem, group.OutputGroupSettings.HlsGroupSettings.SegmentLength) : mp4Arguments(stem);
      const { command, size } = isPictures(output)
        ? pictureCommand(output, stem, source, stream, span)
        : { command: [...(await videoArguments(output.VideoDescription, source, stream, span, options)), ...container], size: undefined };
      const seconds = Number(probed.format.duration ?? 0);
      await runFfmpeg(tools, command, {
        cwd,
        signal: options.signal,
        onSeconds: (at) => options.progress((100 * (done + (seconds > 0 ? Math.min(1, at / seconds) : 0))) / outputCount),
      });
      // A picture lasts no time, and stands in no playlist.
      if (size) shown.push({ DurationInMs: 0, VideoDetails: { WidthInPx: size.width, HeightInPx: size.height } });
      else {
        const one = await inspect(tools, cwd, stem, group, options.signal);
        made.push(one);
        shown.push(one.detail);
      }
      done++;
    }
    if (isHls(group)) await writeFile(join(cwd, `${base}.m3u8`), multivariantPlaylist(made.map((one) => one.variant)));
    details.push({ OutputDetails: shown });
    for (const name of (await readdir(cwd)).sort()) {
      const contentType = contentTypes[name.slice(name.lastIndexOf(".") + 1)];
      if (!contentType) throw new Error(`Don't know the content type of "${name}".`);
      files.push({ path: join(cwd, name), bucket, key: `${folder}${name}`, contentType, kmsKeyArn });
    }
  }
  return { files, details };
}

const isPictures = (output: OutputGroup["Outputs"][number]): output is PictureOutput => output.ContainerSettings.Container === "RAW";

/** How ffmpeg reads the source. */
const readSource = (source: { path: string; turned: boolean }): string[] => [
  ...(source.turned ? [] : ["-noautorotate"]),
  ...inputGuard,
  "-i",
  fileArgument(source.path),
];

/** ffmpeg's options of an output of captured frames. */
function pictureCommand(
  { VideoDescription: video }: PictureOutput,
  stem: string,
  source: { path: string; turned: boolean },
  stream: ProbedStream,
  span: VideoSpan,
): { command: string[]; size: Size } {
  const { FramerateNumerator: num, FramerateDenominator: den, MaxCaptures, Quality } = video.CodecSettings.FrameCaptureSettings;
  const size = fitWithin(displaySize(stream, source.turned), { width: video.Width, height: video.Height });
  const count = captureCount(span, { num, den });
  const graph = ["-filter_complex", captureFilterGraph(video, size, count), "-map", "[video]", "-frames:v", String(Math.min(MaxCaptures, count))];
  return { command: [...readSource(source), ...graph, ...pictureArguments(stem, Quality)], size };
}

/** ffmpeg's options up to, not including, the container's: inputs, filters and encoder of one output. */
async function videoArguments(
  video: VideoDescription,
  source: { path: string; turned: boolean },
  stream: ProbedStream,
  span: VideoSpan,
  options: { fileOf: (uri: string) => Promise<string> },
): Promise<string[]> {
  const read = readSource(source);
  if (!isEncoded(video)) return [...read, "-map", "0:V:0", "-c:v", "copy"];
  const size = fitWithin(displaySize(stream, source.turned), { width: video.Width, height: video.Height });
  const codec = video.CodecSettings.H264Settings;
  const rate = { num: codec.FramerateNumerator, den: codec.FramerateDenominator };
  const { frames, lastFrames } = outputFrames(span, rate);
  const inserted = video.VideoPreprocessors?.ImageInserter?.InsertableImages ?? [];
  const covers = inserted.map((image) => insidePicture(coverOf(image, rate), size));
  const images = [...new Set(covers.map((cover) => cover.image))];
  const imageFiles = await Promise.all(images.map((uri) => options.fileOf(uri)));
  return [
    ...read,
    ...imageFiles.flatMap((path) => [...imageGuard, "-i", fileArgument(path)]),
    ...["-filter_complex", videoFilterGraph(video, { ...size, lastFrames }, covers, images), "-map", "[video]", "-frames:v", String(frames)],
    ...h264Arguments(codec),
  ];
}

/**
 * A cover as it lies in the picture. One that means the whole picture may differ from it by two pixels, which is what roundings
 * of an odd aspect ratio come to. Throws MediaError for one that reaches beyond the picture.
 */
function insidePicture(cover: Cover, size: Size): Cover {
  const { x, y, width, height } = cover;
  if (x === 0 && y === 0 && Math.abs(width - size.width) <= 2 && Math.abs(height - size.height) <= 2) return { ...cover, ...size };
  if (x + width > size.width || y + height > size.height) {
    throw new MediaError(
      "The inserter of images",
      `an image of ${width}x${height} at ${x},${y} reaches beyond the picture, which is ${size.width}x${size.height}; the local cloud doesn't cut it off.`,
    );
  }
  return cover;
}

interface Made {
  readonly detail: OutputDetail;
  readonly variant: Variant;
}

/** Reads an output back: its size and length, and how heavy it is. */
async function inspect(tools: MediaTools, cwd: string, stem: string, group: OutputGroup, signal: AbortSignal): Promise<Made> {
  const segments = isHls(group)
    ? playlistSegments(await readFile(join(cwd, `${stem}.m3u8`), "utf8"))
    : [{ name: `${stem}.mp4`, seconds: Number((await probeFile(tools, join(cwd, `${stem}.mp4`), { signal })).format.duration ?? 0) }];
  const first = segments[0];
  if (!first) throw new MediaError("The output", "it holds no frames.");
  const stream = videoStream(await probeFile(tools, join(cwd, first.name), { signal }));
  if (!stream?.width || !stream.height) throw new MediaError("The output", "it has no video stream.");
  const bits = await Promise.all(segments.map(async ({ name }) => 8 * (await stat(join(cwd, name))).size));
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const rate = parseRatio(stream.avg_frame_rate);
  return {
    detail: { DurationInMs: Math.round(seconds * 1000), VideoDetails: { WidthInPx: stream.width, HeightInPx: stream.height } },
    variant: {
      playlist: `${stem}.m3u8`,
      peakBandwidth: Math.max(...segments.map((segment, i) => Math.ceil((bits[i] as number) / (segment.seconds || 1)))),
      averageBandwidth: Math.ceil(bits.reduce((sum, value) => sum + value, 0) / (seconds || 1)),
      width: stream.width,
      height: stream.height,
      frameRate: rate ? rate.num / rate.den : 0,
      codec: codecString(stream.profile, stream.level),
    },
  };
}
