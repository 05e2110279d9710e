import type { ProbeResult, Track } from "@aws-sdk/client-mediaconvert";
import type { SourceIndex } from "../../../contracts/media.ts";

/** What is known about an upload: MediaConvert's probe and our index of its packets, each with its error if it failed. */
export interface Facts {
  probe: ProbeResult | undefined;
  probeError: string | null;
  index: SourceIndex | undefined;
  indexError: string | null;
}

export interface Verdict {
  verdict: "REJECT" | "PASSTHROUGH" | "NORMALISE";
  /** Why it was rejected, or why it must be normalised: sentences, all of them. */
  reasons: string[];
  durationSeconds: number;
}

/** Rekognition reads stored video of at most 6 hours (Rekognition guidelines and quotas, "Stored video"). */
const longestSeconds = 6 * 3600;
/** Below this no instrument can be told apart; above it MediaConvert's H.264 and HEVC decoders stop (8192 pixels a side). */
const smallestSide = 64;
const largestSide = 8192;

/** MediaConvert's names of the codecs it decodes, and the names our index has for the same. */
const codecs: Readonly<Record<string, string>> = { AVC: "avc", HEVC: "hevc", AV1: "av1", VP9: "vp9", VP8: "vp8" };

/** The decision table. REJECT comes with every reason there is, NORMALISE with everything that PASSTHROUGH would need. */
export function decide(facts: Facts): Verdict {
  const track = facts.probe?.Container?.Tracks?.find(({ TrackType }) => TrackType === "video");
  const durationSeconds = durationOf(facts);
  const faults = faultsOf(facts, track, durationSeconds);
  if (faults.length > 0) return { verdict: "REJECT", reasons: faults, durationSeconds };
  const reasons = departures(track as Track, facts.index as SourceIndex);
  return { verdict: reasons.length > 0 ? "NORMALISE" : "PASSTHROUGH", reasons, durationSeconds };
}

function durationOf({ probe, index }: Facts): number {
  if (index) return (index.video.durationTicks * index.video.timebase.num) / index.video.timebase.den;
  return probe?.Container?.Duration ?? 0;
}

function faultsOf({ probe, probeError, index, indexError }: Facts, track: Track | undefined, durationSeconds: number): string[] {
  const faults: string[] = [];
  if (probeError !== null) faults.push(`The video can't be opened: ${sentence(probeError)}`);
  if (indexError !== null) faults.push(sentence(indexError));
  if (probeError === null && !probe) faults.push("The video can't be opened: its probe tells nothing.");
  if (indexError === null && !index) faults.push("The video's packets weren't read.");
  if (probe && !track) faults.push("The file holds no video stream.");
  if (durationSeconds > longestSeconds)
    faults.push(`The video lasts ${(durationSeconds / 3600).toFixed(2)} hours; at most 6 hours can be analysed. Split it and upload the parts.`);
  const codec = track?.Codec;
  if (track && (codec === undefined || !(codec in codecs))) {
    faults.push(`The codec ${codec ?? "of the video stream"} isn't one of ${Object.keys(codecs).join(", ")}.`);
  } else if (codec && index && codecs[codec] !== index.video.codec) {
    faults.push(`The file contradicts itself: its headers say the codec is ${codec}, its video track says ${index.video.codec}.`);
  }
  const size = index?.video ?? sizeOf(track);
  if (size && Math.min(size.width, size.height) < smallestSide)
    faults.push(`The picture is ${size.width}x${size.height} pixels; it must be at least ${smallestSide} on each side.`);
  if (size && Math.max(size.width, size.height) > largestSide)
    faults.push(`The picture is ${size.width}x${size.height} pixels; it must be at most ${largestSide} on each side.`);
  return faults;
}

function sizeOf(track: Track | undefined): { width: number; height: number } | undefined {
  const { Width, Height } = track?.VideoProperties ?? {};
  return Width === undefined || Height === undefined ? undefined : { width: Width, height: Height };
}

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

/** MediaConvert tells "progressive" or "interlaced" where the stream does; a stream that doesn't say is taken as progressive, as decoders take it. */
const isInterlaced = (track: Track): boolean => /interlaced/i.test(track.VideoProperties?.CodecMetadata?.ScanType ?? "");

/** How a sound video departs from what analysers and players can take as it is. */
function departures(track: Track, { container, video }: SourceIndex): string[] {
  const properties = track.VideoProperties ?? {};
  const codecMetadata = properties.CodecMetadata ?? {};
  const bitDepth = codecMetadata.BitDepth ?? properties.BitDepth;
  const chroma = codecMetadata.ChromaSubsampling;
  const reasons: string[] = [];
  if (!["mp4", "mov", "mpegts"].includes(container)) reasons.push(`The container is ${container}, not MP4, MOV or MPEG-TS.`);
  if (track.Codec !== "AVC") reasons.push(`The codec is ${track.Codec}, not AVC (H.264).`);
  if (bitDepth !== 8) reasons.push(`The bit depth is ${bitDepth ?? "not told"}, not 8.`);
  if (chroma === undefined || !/^(yuv)?4:?2:?0/i.test(chroma)) reasons.push(`The chroma subsampling is ${chroma ?? "not told"}, not 4:2:0.`);
  if (isInterlaced(track)) reasons.push("The video is interlaced.");
  if (video.variableFrameRate) reasons.push("The frame rate varies.");
  if (video.hiddenFrameCount > 0) reasons.push(`An edit list hides ${video.hiddenFrameCount} frames.`);
  if (video.rotation !== 0) reasons.push(`A player turns the picture by ${video.rotation} degrees.`);
  if (Math.max(video.width, video.height) > 1920 || Math.min(video.width, video.height) > 1080)
    reasons.push(`The picture is ${video.width}x${video.height}, more than 1920x1080.`);
  if (video.width % 2 !== 0 || video.height % 2 !== 0) reasons.push(`The picture is ${video.width}x${video.height}; a side is odd.`);
  if (properties.Width !== video.width && video.rotation === 0)
    reasons.push(`The pixels aren't square: ${properties.Width} of them are shown ${video.width} wide.`);
  return reasons;
}
