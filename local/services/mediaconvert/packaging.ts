import type { FileGroup, HlsGroup, OutputGroup } from "./settings.ts";

/** Only the picture leaves a job: no sound, no data streams, no metadata, nothing that names the writing program. */
const pictureOnly = ["-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"];

export const isHls = (group: OutputGroup): group is HlsGroup => group.OutputGroupSettings.Type === "HLS_GROUP_SETTINGS";

const withoutExtension = (name: string): string => name.replace(/\.[^./]*$/, "");

export interface Destination {
  readonly bucket: string;
  /** Key prefix of the group's folder, empty or ending with a slash. */
  readonly folder: string;
  /** File name that the outputs' names start with: the destination's own, else the input's without its extension. */
  readonly base: string;
  readonly kmsKeyArn: string;
}

/** Where an output group goes, named as MediaConvert names files. */
export function destinationOf(group: OutputGroup, fileInput: string): Destination {
  const settings = isHls(group) ? group.OutputGroupSettings.HlsGroupSettings : (group as FileGroup).OutputGroupSettings.FileGroupSettings;
  const [, bucket, folder, name] = /^s3:\/\/([^/]+)\/(.*\/)?([^/]*)$/.exec(settings.Destination) as unknown as [string, string, string | undefined, string];
  return {
    bucket,
    folder: folder ?? "",
    base: name !== "" ? name : withoutExtension(fileInput.slice(fileInput.lastIndexOf("/") + 1)),
    kmsKeyArn: settings.DestinationSettings.S3Settings.Encryption.KmsKeyArn,
  };
}

/** ffmpeg's output options for an HLS rendition: `stem.m3u8` beside `stem_00001.ts`, ... */
export function hlsArguments(stem: string, segmentSeconds: number): string[] {
  return [
    ...pictureOnly,
    ...["-muxdelay", "0", "-muxpreload", "0"],
    ...["-f", "hls", "-hls_segment_type", "mpegts", "-hls_playlist_type", "vod", "-hls_list_size", "0", "-hls_flags", "independent_segments"],
    ...["-hls_time", String(segmentSeconds), "-start_number", "1", "-hls_segment_filename", `${stem}_%05d.ts`, `${stem}.m3u8`],
  ];
}

/** ffmpeg's output options for an MP4 whose index stands at its beginning (progressive download). */
export const mp4Arguments = (stem: string): string[] => [...pictureOnly, "-write_tmcd", "0", "-movflags", "+faststart", "-f", "mp4", `${stem}.mp4`];

/**
 * ffmpeg's output options for captured frames: `stem.0000000.jpg`, ... The encoder's scale goes from 2, the best, to 31;
 * MediaConvert tells no figures of its own, from 1 to 100.
 */
export const pictureArguments = (stem: string, quality: number): string[] => [
  ...pictureOnly,
  ...["-c:v", "mjpeg", "-q:v", String(Math.max(2, Math.round(31 - (quality * 29) / 100)))],
  ...["-f", "image2", "-start_number", "0", `${stem}.%07d.jpg`],
];

/** Profile numbers and constraint bits that H.264 streams of each profile carry. (ITU-T H.264, Annex A) */
const profileBytes: Readonly<Record<string, string>> = { "Constrained Baseline": "42e0", Baseline: "4200", Main: "4d40", High: "6400" };

/** The codec as RFC 6381 writes it (`avc1.64001f`); undefined for a profile without a fixed notation. */
export function codecString(profile: string | undefined, level: number | undefined): string | undefined {
  const bytes = profileBytes[profile ?? ""];
  return bytes === undefined || !level || level < 0 ? undefined : `avc1.${bytes}${level.toString(16).padStart(2, "0")}`;
}

export interface Variant {
  readonly playlist: string;
  /** Bits per second: of the heaviest segment, and of all. */
  readonly peakBandwidth: number;
  readonly averageBandwidth: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly codec: string | undefined;
}

/** The multivariant playlist of an HLS group. (RFC 8216, 4.3.4.2) */
export function multivariantPlaylist(variants: readonly Variant[]): string {
  const lines = variants.flatMap((variant) => [
    `#EXT-X-STREAM-INF:${[
      `BANDWIDTH=${variant.peakBandwidth}`,
      `AVERAGE-BANDWIDTH=${variant.averageBandwidth}`,
      `RESOLUTION=${variant.width}x${variant.height}`,
      `FRAME-RATE=${variant.frameRate.toFixed(3)}`,
      ...(variant.codec === undefined ? [] : [`CODECS="${variant.codec}"`]),
    ].join(",")}`,
    variant.playlist,
  ]);
  return ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS", ...lines, ""].join("\n");
}

/** Segments of a media playlist: file name and seconds. */
export function playlistSegments(playlist: string): { name: string; seconds: number }[] {
  const segments: { name: string; seconds: number }[] = [];
  let seconds = 0;
  for (const line of playlist.split("\n").map((text) => text.trim())) {
    const duration = /^#EXTINF:([\d.]+)/.exec(line);
    if (duration) seconds = Number(duration[1]);
    else if (line !== "" && !line.startsWith("#")) segments.push({ name: line, seconds });
  }
  return segments;
}
