import type { Label, LabelDetection, StartLabelDetectionRequest, VideoMetadata } from "@aws-sdk/client-rekognition";
import { fileArgument, inputGuard, runFfmpeg } from "../../media/ffmpeg.ts";
import { type ProbedStream, parseRatio, probeFile, videoStream } from "../../media/probe.ts";
import type { MediaTools } from "../../media/tools.ts";
import { metadata, refusal } from "./detect-segments.ts";

/**
 * Labels from a picture's average colour: what can be told without a network that knows things. Rekognition knows thousands of
 * words for things; here the words are colours, light and dark, all of one category, and the model's version says so.
 */
export const labelModelVersion = "local-colors-1.0";
export const labelCategory = "Colors and Visual Composition";

/** Seconds between two pictures that are looked at. */
const sampleSeconds = 0.5;
/** Percent from which a label is told where a request names none. (SDK documentation of StartLabelDetection) */
const defaultConfidence = 50;

interface Sighting {
  /** Since the first picture. */
  readonly milliseconds: number;
  readonly labels: readonly { readonly name: string; readonly confidence: number }[];
}

export interface DetectedLabels {
  readonly video: VideoMetadata;
  readonly sightings: readonly Sighting[];
}

/** What is implemented of a request, beside the video's members. */
export const labelMembers = ["MinConfidence", "Features", "Settings"] as const;

/** Everything that is wrong with what a request asks for, at once. */
export function labelFaults({ MinConfidence, Features }: StartLabelDetectionRequest): string[] {
  const problems: string[] = [];
  if (MinConfidence !== undefined && !(MinConfidence >= 0 && MinConfidence <= 100)) problems.push(`MinConfidence is ${MinConfidence}; it must be 0 to 100.`);
  for (const feature of Features ?? []) if (feature !== "GENERAL_LABELS") problems.push(`Features holds "${feature}"; it must be GENERAL_LABELS.`);
  return problems;
}

/** A picture's averages as ffmpeg's signalstats gives them: luma in limited range, saturation, and the angle of the median hue. */
interface Averages {
  readonly luma: number;
  readonly saturation: number;
  readonly hue: number;
}

/** Where signalstats puts the pure colours, degrees. */
const hues: Readonly<Record<string, number>> = { Green: 38, Yellow: 99, Red: 161, Magenta: 218, Blue: 279, Cyan: 341 };
/** Saturation from which a picture has a colour. */
const colourful = 12;

/** Labels of one picture, surest first. Our own scale: 50 % where a label begins to hold, 100 % where nothing could hold more. */
export function labelsOf({ luma, saturation, hue }: Averages): Sighting["labels"] {
  const scale = (value: number, from: number, to: number): number => Math.min(100, 50 + (50 * (value - from)) / (to - from));
  const found: { name: string; confidence: number }[] = [];
  if (luma <= 60) found.push({ name: "Dark", confidence: scale(luma, 60, 16) });
  if (luma >= 170) found.push({ name: "Bright", confidence: scale(luma, 170, 235) });
  if (saturation < colourful) found.push({ name: "Gray", confidence: scale(saturation, colourful, 0) });
  else {
    const apart = (other: number): number => Math.min(Math.abs(hue - other), 360 - Math.abs(hue - other));
    const [name, angle] = Object.entries(hues).reduce((best, one) => (apart(one[1]) < apart(best[1]) ? one : best));
    found.push({ name, confidence: Math.max(50, scale(apart(angle), 45, 0)) });
  }
  return found.sort((a, b) => b.confidence - a.confidence || (a.name < b.name ? -1 : 1));
}

/** Whether a request wants to hear of a label. Exclusion wins. (Developer Guide, "Detecting labels": filters) */
function isWanted(name: string, { GeneralLabels = {} }: NonNullable<StartLabelDetectionRequest["Settings"]>): boolean {
  const { LabelInclusionFilters, LabelExclusionFilters = [], LabelCategoryInclusionFilters, LabelCategoryExclusionFilters = [] } = GeneralLabels;
  if (LabelExclusionFilters.includes(name) || LabelCategoryExclusionFilters.includes(labelCategory)) return false;
  if (!LabelInclusionFilters && !LabelCategoryInclusionFilters) return true;
  return LabelInclusionFilters?.includes(name) === true || LabelCategoryInclusionFilters?.includes(labelCategory) === true;
}

/** Looks for labels in a file. Throws an error with a sentence for the client if it can't be analysed. */
export async function detectLabels(
  tools: MediaTools,
  path: string,
  { MinConfidence = defaultConfidence, Settings = {} }: StartLabelDetectionRequest,
  options: { signal: AbortSignal; progress: (percent: number) => void },
): Promise<DetectedLabels> {
  const file = await probeFile(tools, path, { signal: options.signal });
  const reason = refusal(file);
  if (reason !== undefined) throw new Error(reason);
  const stream = videoStream(file) as ProbedStream;
  const rate = parseRatio(stream.avg_frame_rate) ?? parseRatio(stream.r_frame_rate);
  if (!rate) throw new Error("The video stream tells no frame rate.");
  const measured = await measureColours(tools, path, options.signal, (seconds) => options.progress((100 * seconds) / Number(file.format.duration)));
  const sightings = measured.map(({ seconds, ...averages }) => ({
    // ffmpeg prints six digits: a millisecond that is whole may come out a millionth short.
    milliseconds: Math.floor(seconds * 1000 + 1e-3),
    labels: labelsOf(averages).filter(({ name, confidence }) => confidence >= MinConfidence && isWanted(name, Settings)),
  }));
  return { video: metadata(file, stream, rate), sightings };
}

async function measureColours(
  tools: MediaTools,
  path: string,
  signal: AbortSignal,
  onSeconds: (seconds: number) => void,
): Promise<({ seconds: number } & Averages)[]> {
  const measured: { seconds: number; luma: number; saturation: number; hue: number }[] = [];
  let first: number | undefined;
  const onLine = (line: string): void => {
    const frame = /^frame:\d+\s+pts:\S+\s+pts_time:(\S+)/.exec(line);
    if (frame) {
      first ??= Number(frame[1]);
      measured.push({ seconds: Number(frame[1]) - first, luma: 0, saturation: 0, hue: 0 });
      onSeconds(Number(frame[1]) - first);
    }
    const last = measured.at(-1);
    const [key, value] = line.split("=");
    if (last === undefined) return;
    if (key === "lavfi.signalstats.YAVG") last.luma = Number(value);
    if (key === "lavfi.signalstats.SATAVG") last.saturation = Number(value);
    if (key === "lavfi.signalstats.HUEMED") last.hue = Number(value);
  };
  const sampled = `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${sampleSeconds})'`;
  const filters = `${sampled},scale=64:36:flags=area:out_range=limited,format=yuv444p,signalstats,metadata=print:file=-`;
  await runFfmpeg(tools, [...inputGuard, "-i", fileArgument(path), "-map", "0:V:0", "-fps_mode", "passthrough", "-vf", filters, "-f", "null", "-"], {
    signal,
    onLine,
  });
  return measured;
}

const label = (name: string, confidence: number): Label => ({
  Name: name,
  Confidence: confidence,
  Instances: [],
  Parents: [],
  Aliases: [],
  Categories: [{ Name: labelCategory }],
});

/** Every sighting of every label, in the order of time. */
export const timestampsOf = ({ sightings }: DetectedLabels): LabelDetection[] =>
  sightings.flatMap(({ milliseconds, labels }) => labels.map(({ name, confidence }) => ({ Timestamp: milliseconds, Label: label(name, confidence) })));

/** Each label while it is seen without a break, from its first sighting to its last, as sure as the surest of them; in the order of time. */
export function spansOf({ sightings }: DetectedLabels): LabelDetection[] {
  const spans: { name: string; confidence: number; first: number; last: number; index: number }[] = [];
  for (const [index, { milliseconds, labels }] of sightings.entries()) {
    for (const { name, confidence } of labels) {
      const open = spans.find((span) => span.name === name && span.index === index - 1);
      if (open) Object.assign(open, { last: milliseconds, index, confidence: Math.max(open.confidence, confidence) });
      else spans.push({ name, confidence, first: milliseconds, last: milliseconds, index });
    }
  }
  return spans.map(({ name, confidence, first, last }) => ({
    StartTimestampMillis: first,
    EndTimestampMillis: last,
    DurationMillis: last - first,
    Label: label(name, confidence),
  }));
}
