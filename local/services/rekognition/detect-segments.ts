import type { SegmentDetection, StartSegmentDetectionRequest, VideoMetadata } from "@aws-sdk/client-rekognition";
import { type ProbedFile, type ProbedStream, parseRatio, probeFile, videoStream } from "../../media/probe.ts";
import type { MediaTools } from "../../media/tools.ts";
import { measureFrames } from "./frame-signals.ts";
import { blackSegments, shotSegments } from "./segments.ts";

/** Limits of stored video. (Rekognition developer guide, "Guidelines and quotas") */
export const largestBytes = 10 * 1024 ** 3;
const longestSeconds = 6 * 3600;

/** Without a filter, segments from 50 % on are returned. (SDK documentation of the filters) */
const defaultConfidence = 50;

export interface Detected {
  readonly video: VideoMetadata;
  readonly segments: readonly SegmentDetection[];
}

/** What is implemented of a request, beside the video's members. */
export const segmentMembers = ["Filters", "SegmentTypes"] as const;

/** Everything that is wrong with what a request asks for, at once. */
export function segmentFaults({ SegmentTypes: types = [], Filters }: StartSegmentDetectionRequest): string[] {
  const problems: string[] = [];
  if (types.length === 0) problems.push("SegmentTypes must hold SHOT, TECHNICAL_CUE or both.");
  for (const type of types)
    if (type !== "SHOT" && type !== "TECHNICAL_CUE") problems.push(`SegmentTypes holds "${type}", which is neither SHOT nor TECHNICAL_CUE.`);
  if (new Set(types).size < types.length) problems.push("SegmentTypes holds a type twice.");
  const { ShotFilter, TechnicalCueFilter } = Filters ?? {};
  const ranges: [string, number | undefined, number, number][] = [
    ["Filters.ShotFilter.MinSegmentConfidence", ShotFilter?.MinSegmentConfidence, 50, 100],
    ["Filters.TechnicalCueFilter.MinSegmentConfidence", TechnicalCueFilter?.MinSegmentConfidence, 50, 100],
    ["Filters.TechnicalCueFilter.BlackFrame.MaxPixelThreshold", TechnicalCueFilter?.BlackFrame?.MaxPixelThreshold, 0, 1],
    ["Filters.TechnicalCueFilter.BlackFrame.MinCoveragePercentage", TechnicalCueFilter?.BlackFrame?.MinCoveragePercentage, 0, 100],
  ];
  for (const [path, value, low, high] of ranges) {
    if (value !== undefined && !(value >= low && value <= high)) problems.push(`${path} is ${value}; it must be ${low} to ${high}.`);
  }
  return problems;
}

/** Why Rekognition would not analyse this file; undefined if it would. */
export function refusal(file: ProbedFile): string | undefined {
  const stream = videoStream(file);
  if (!file.format.format_name.startsWith("mov,")) return "The file is not an MP4 or MOV.";
  if (!stream) return "The file has no video stream.";
  if (stream.codec_name !== "h264") return `The video is coded as ${stream.codec_name ?? "something unknown"}; only H.264 is analysed.`;
  if (Number(file.format.duration) > longestSeconds) return `The video lasts ${Number(file.format.duration)} s; at most ${longestSeconds} s are analysed.`;
  return undefined;
}

export function metadata(file: ProbedFile, stream: ProbedStream, rate: { num: number; den: number }): VideoMetadata {
  return {
    Codec: "h264",
    Format: "QuickTime / MOV",
    DurationMillis: Math.floor(Number(file.format.duration ?? 0) * 1000),
    FrameRate: rate.num / rate.den,
    FrameHeight: stream.height,
    FrameWidth: stream.width,
    ColorRange: stream.color_range === "pc" ? "FULL" : "LIMITED",
  };
}

/**
 * Brightest value of a black pixel in limited range: the bottom of the luminance range and that share of the range.
 * (SDK documentation of BlackFrame.MaxPixelThreshold)
 */
export const blackLuma = (threshold: number): number => 16 + threshold * (235 - 16);

/** Looks for the wanted segments in a file. Throws an error with a sentence for the client if it can't be analysed. */
export async function detectSegments(
  tools: MediaTools,
  path: string,
  request: StartSegmentDetectionRequest,
  options: { signal: AbortSignal; progress: (percent: number) => void },
): Promise<Detected> {
  const file = await probeFile(tools, path, { signal: options.signal });
  const reason = refusal(file);
  if (reason !== undefined) throw new Error(reason);
  // Rekognition calls frames black only where there is no sound either; listening is not implemented.
  if (request.SegmentTypes?.includes("TECHNICAL_CUE") && file.streams.some((one) => one.codec_type === "audio")) {
    throw new Error("The local cloud does not implement SegmentTypes TECHNICAL_CUE for a video with sound.");
  }
  const stream = videoStream(file) as ProbedStream;
  const rate = parseRatio(stream.avg_frame_rate) ?? parseRatio(stream.r_frame_rate);
  if (!rate) throw new Error("The video stream tells no frame rate.");
  const video = metadata(file, stream, rate);
  // Without a filter, pixels up to a fifth of the luminance range are black, and 99 % of a black frame's are. (SDK documentation of BlackFrame)
  const { ShotFilter, TechnicalCueFilter } = request.Filters ?? {};
  const { MaxPixelThreshold = 0.2, MinCoveragePercentage = 99 } = TechnicalCueFilter?.BlackFrame ?? {};
  const seconds = Number(file.format.duration);
  const signals = await measureFrames(tools, path, {
    blackLuma: blackLuma(MaxPixelThreshold),
    signal: options.signal,
    onSeconds: (at) => options.progress((100 * at) / seconds),
  });
  const found = {
    SHOT: () => shotSegments(signals, rate, ShotFilter?.MinSegmentConfidence ?? defaultConfidence),
    TECHNICAL_CUE: () => blackSegments(signals, rate, MinCoveragePercentage, TechnicalCueFilter?.MinSegmentConfidence ?? defaultConfidence),
  };
  return { video, segments: (request.SegmentTypes ?? []).flatMap((type) => found[type]()) };
}
