import type { ProbeResult, Track } from "@aws-sdk/client-mediaconvert";
import { longestVideoHours } from "../../../contracts/conversion.ts";
import { largestSegmentMebibytes, type SourceIndex, segmentSeconds } from "../../../contracts/media.ts";

/** What is known about an upload: MediaConvert's probe and our index of its packets, each with its error if it failed. */
export interface Facts {
  probe: ProbeResult | undefined;
  probeError: string | null;
  index: SourceIndex | undefined;
  indexError: string | null;
  /** Why the packets of a video were not read that nothing is known to be wrong with; null if they were, or something is wrong. */
  unindexed: string | null;
}

/** What the rules look at. */
export interface Video extends Facts {
  /** The first video track that the probe tells of. */
  readonly track: Track | undefined;
  readonly durationSeconds: number;
  /** Pixels as displayed, or as the probe tells where the packets weren't read. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

interface Row {
  readonly id: string;
  /** What is looked at, and where it is read. */
  readonly reads: string;
  /** What passes, in the words of the table in `docs/ingest.md`. */
  readonly accepted: string;
  /** Whose limit it is. */
  readonly source: string;
}

/** A row whose breach is no video that can be analysed. Several reasons may come of one row, or none. */
export interface Fault extends Row {
  readonly outcome: "REJECT";
  readonly reasons: (video: Video) => readonly string[];
}

/** A row whose breach is a video that can't be read as it is: ffmpeg makes a copy of it that can. */
export interface Obstacle extends Row {
  readonly outcome: "CONVERT";
  readonly reasons: (video: Video) => readonly string[];
}

/** A row whose breach is a video that must be encoded anew: analysers and players can't take it as it is. */
export interface Departure extends Row {
  readonly outcome: "NORMALISE";
  readonly reasons: (track: Track, index: SourceIndex) => readonly string[];
}

export type Rule = Fault | Obstacle | Departure;

/** The limits, in the units of their names. */
export const limits = {
  hours: longestVideoHours,
  smallestSide: 64,
  largestSide: 8192,
  passthrough: {
    longSide: 1920,
    shortSide: 1080,
    bitDepth: 8,
    containers: ["mp4", "mov", "mpegts"],
    /** Bits a second, on average. {@link longestVideoHours} are 21.6 GB then: jobs copy them to a disk of 50, and `prepare/index-rendition` reads all of it in 900 seconds. */
    bitRate: 8e6,
    /** Of packets: MPEG-TS adds less than 5 % to them. */
    segmentMebibytes: largestSegmentMebibytes - 1,
    keyFrameSeconds: segmentSeconds,
  },
} as const;

/** MediaConvert's names of the codecs that can be analysed, and the names our index has for the same. */
export const codecs: Readonly<Record<string, string>> = { AVC: "avc", HEVC: "hevc", AV1: "av1", VP9: "vp9", VP8: "vp8" };

/** A reason if something holds. */
const reasonIf = (holds: boolean, sentence: () => string): string[] => (holds ? [sentence()] : []);
const asSentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
const metadataOf = (track: Track) => track.VideoProperties?.CodecMetadata ?? {};
const pixels = ({ width, height }: { width: number; height: number }): string => `${width}x${height}`;

/** That MediaConvert could not open the file. */
const unopened = ({ probe, probeError }: Pick<Video, "probe" | "probeError">): string[] =>
  probeError !== null
    ? [`The video can't be opened: ${asSentence(probeError)}`]
    : reasonIf(probe === undefined, () => "The video can't be opened: its probe tells nothing.");

/** In the order of their reasons. */
export const rules: readonly Rule[] = [
  {
    id: "probe",
    outcome: "REJECT",
    reads: "the file's headers (MediaConvert's Probe)",
    accepted: "can be opened, or our index knows what it is",
    source: "MediaConvert",
    reasons: ({ indexError, ...video }) => (indexError === null ? [] : unopened(video)),
  },
  {
    id: "packets",
    outcome: "REJECT",
    reads: "the packet tables (`prepare/index-source`)",
    accepted: "a known format, whole, of one piece",
    source: "ours: without each frame's time no finding has a place",
    reasons: ({ index, indexError, unindexed }) =>
      indexError !== null ? [asSentence(indexError)] : reasonIf(index === undefined && unindexed === null, () => "The video's packets weren't read."),
  },
  {
    id: "stream",
    outcome: "REJECT",
    reads: "tracks (Probe)",
    accepted: "a video stream",
    source: "ours",
    reasons: ({ probe, track }) => reasonIf(probe !== undefined && track === undefined, () => "The file holds no video stream."),
  },
  {
    id: "duration",
    outcome: "REJECT",
    reads: "duration (packets, else Probe)",
    accepted: `at most ${limits.hours} hours`,
    source: "Rekognition Developer Guide, guidelines and quotas, stored video",
    reasons: ({ durationSeconds }) =>
      reasonIf(
        durationSeconds > limits.hours * 3600,
        () => `The video lasts ${(durationSeconds / 3600).toFixed(2)} hours; at most ${limits.hours} hours can be analysed. Split it and upload the parts.`,
      ),
  },
  {
    id: "agreement",
    outcome: "REJECT",
    reads: "codec (Probe and packets)",
    accepted: "the same in both",
    source: "ours",
    reasons: ({ track, index }) =>
      reasonIf(
        track !== undefined && index !== undefined && isKnown(track.Codec) && codecs[track.Codec] !== index.video.codec,
        () => `The file contradicts itself: its headers say the codec is ${track?.Codec}, its video track says ${index?.video.codec}.`,
      ),
  },
  {
    id: "smallest",
    outcome: "REJECT",
    reads: "size as displayed (packets, else Probe)",
    accepted: `at least ${limits.smallestSide} pixels on each side`,
    source: "ours: below this no instrument can be told apart",
    reasons: ({ size }) =>
      size === undefined
        ? []
        : reasonIf(
            Math.min(size.width, size.height) < limits.smallestSide,
            () => `The picture is ${pixels(size)} pixels; it must be at least ${limits.smallestSide} on each side.`,
          ),
  },
  {
    id: "largest",
    outcome: "REJECT",
    reads: "size as displayed (packets, else Probe)",
    accepted: `at most ${limits.largestSide} pixels on each side`,
    source: "MediaConvert's decoders of H.264 and HEVC",
    reasons: ({ size }) =>
      size === undefined
        ? []
        : reasonIf(
            Math.max(size.width, size.height) > limits.largestSide,
            () => `The picture is ${pixels(size)} pixels; it must be at most ${limits.largestSide} on each side.`,
          ),
  },
  {
    id: "opened",
    outcome: "CONVERT",
    reads: "the file's headers (MediaConvert's Probe)",
    accepted: "can be opened",
    source: "MediaConvert",
    reasons: ({ indexError, ...video }) => (indexError === null ? unopened(video) : []),
  },
  {
    id: "indexed",
    outcome: "CONVERT",
    reads: "the first bytes and the packet tables (`prepare/index-source`)",
    accepted: "MP4, MOV, Matroska, WebM or MPEG-TS, with a codec that is read there",
    source: "ours: without each frame's time no finding has a place",
    reasons: ({ unindexed }) => (unindexed === null ? [] : [asSentence(unindexed)]),
  },
  {
    id: "codec",
    outcome: "CONVERT",
    reads: "codec (Probe)",
    accepted: Object.keys(codecs).join(", "),
    source: "what MediaConvert decodes and our index reads",
    reasons: ({ track }) =>
      reasonIf(
        track !== undefined && !isKnown(track.Codec),
        () => `The codec ${track?.Codec ?? "of the video stream"} isn't one of ${Object.keys(codecs).join(", ")}.`,
      ),
  },
  {
    id: "container",
    outcome: "NORMALISE",
    reads: "container (packets)",
    accepted: "MP4, MOV or MPEG-TS",
    source: "ours",
    reasons: (_track, { container }) =>
      reasonIf(!(limits.passthrough.containers as readonly string[]).includes(container), () => `The container is ${container}, not MP4, MOV or MPEG-TS.`),
  },
  {
    id: "plain-codec",
    outcome: "NORMALISE",
    reads: "codec (Probe)",
    accepted: "AVC (H.264)",
    source: "what HLS in MPEG-TS holds for every player",
    reasons: ({ Codec }) => reasonIf(Codec !== "AVC", () => `The codec is ${Codec}, not AVC (H.264).`),
  },
  {
    id: "bit-depth",
    outcome: "NORMALISE",
    reads: "bits of a colour component (Probe)",
    accepted: `${limits.passthrough.bitDepth}`,
    source: "what players decode in hardware; pictures of a high dynamic range have more",
    reasons: (track) => {
      const depth = metadataOf(track).BitDepth ?? track.VideoProperties?.BitDepth;
      return reasonIf(depth !== limits.passthrough.bitDepth, () => `The bit depth is ${depth ?? "not told"}, not ${limits.passthrough.bitDepth}.`);
    },
  },
  {
    id: "chroma",
    outcome: "NORMALISE",
    reads: "chroma subsampling (Probe)",
    accepted: "4:2:0",
    source: "what players decode in hardware",
    reasons: (track) => {
      const chroma = metadataOf(track).ChromaSubsampling;
      return reasonIf(chroma === undefined || !/^(yuv)?4:?2:?0/i.test(chroma), () => `The chroma subsampling is ${chroma ?? "not told"}, not 4:2:0.`);
    },
  },
  {
    id: "scan",
    outcome: "NORMALISE",
    reads: "scan type (Probe)",
    accepted: "progressive, or not told: decoders take that as progressive",
    source: "ours: two fields are two moments",
    reasons: (track) => reasonIf(/interlaced/i.test(metadataOf(track).ScanType ?? ""), () => "The video is interlaced."),
  },
  {
    id: "frame-rate",
    outcome: "NORMALISE",
    reads: "times of all frames (packets)",
    accepted: "a constant rate, each frame within a tick of its place",
    source: "ours: analysers sample by frame number",
    reasons: (_track, { video }) => reasonIf(video.variableFrameRate, () => "The frame rate varies."),
  },
  {
    id: "edit-list",
    outcome: "NORMALISE",
    reads: "edit list (packets)",
    accepted: "hides no frames",
    source: "ours: HLS has no edit lists",
    reasons: (_track, { video }) => reasonIf(video.hiddenFrameCount > 0, () => `An edit list hides ${video.hiddenFrameCount} frames.`),
  },
  {
    id: "rotation",
    outcome: "NORMALISE",
    reads: "rotation (packets)",
    accepted: "0 degrees",
    source: "ours: HLS in MPEG-TS can't tell it",
    reasons: (_track, { video }) => reasonIf(video.rotation !== 0, () => `A player turns the picture by ${video.rotation} degrees.`),
  },
  {
    id: "size",
    outcome: "NORMALISE",
    reads: "size as displayed (packets)",
    accepted: `at most ${limits.passthrough.longSide}x${limits.passthrough.shortSide}, either way round`,
    source: "ours: more is decoded for nothing",
    reasons: (_track, { video }) =>
      reasonIf(
        Math.max(video.width, video.height) > limits.passthrough.longSide || Math.min(video.width, video.height) > limits.passthrough.shortSide,
        () => `The picture is ${pixels(video)}, more than ${limits.passthrough.longSide}x${limits.passthrough.shortSide}.`,
      ),
  },
  {
    id: "even-sides",
    outcome: "NORMALISE",
    reads: "size as displayed (packets)",
    accepted: "even sides",
    source: "4:2:0 stores colour for every second pixel",
    reasons: (_track, { video }) => reasonIf(video.width % 2 !== 0 || video.height % 2 !== 0, () => `The picture is ${pixels(video)}; a side is odd.`),
  },
  {
    id: "square-pixels",
    outcome: "NORMALISE",
    reads: "coded width (Probe) and displayed width (packets)",
    accepted: "square pixels",
    source: "ours: boxes are counted in pixels",
    reasons: ({ VideoProperties }, { video }) =>
      reasonIf(
        VideoProperties?.Width !== video.width && video.rotation === 0,
        () => `The pixels aren't square: ${VideoProperties?.Width} of them are shown ${video.width} wide.`,
      ),
  },
  {
    id: "bit-rate",
    outcome: "NORMALISE",
    reads: "bytes of all packets (packets)",
    accepted: `at most ${limits.passthrough.bitRate / 1e6} Mb/s on average`,
    source: "ours: what functions read in their time, and jobs hold on their disk",
    reasons: (_track, { video }) => {
      const rate = (video.groups.bytes * 8 * video.timebase.den) / (video.durationTicks * video.timebase.num);
      return reasonIf(
        rate > limits.passthrough.bitRate,
        () => `The bit rate is ${(rate / 1e6).toFixed(1)} Mb/s, more than ${limits.passthrough.bitRate / 1e6}.`,
      );
    },
  },
  {
    id: "segment-size",
    outcome: "NORMALISE",
    reads: `bytes between key frames ${segmentSeconds} s apart or more (packets)`,
    accepted: `at most ${limits.passthrough.segmentMebibytes} MiB`,
    source: `ours: analysers take segments of ${largestSegmentMebibytes} MiB`,
    reasons: (_track, { video }) =>
      reasonIf(
        video.groups.largestSegmentBytes > limits.passthrough.segmentMebibytes * 2 ** 20,
        () => `A segment would have ${(video.groups.largestSegmentBytes / 2 ** 20).toFixed(1)} MiB, more than ${limits.passthrough.segmentMebibytes}.`,
      ),
  },
  {
    id: "key-frames",
    outcome: "NORMALISE",
    reads: "times of key frames (packets)",
    accepted: `at most ${limits.passthrough.keyFrameSeconds} s apart`,
    source: `ours: segments of ${segmentSeconds} s are cut at key frames`,
    reasons: (_track, { video }) => {
      const seconds = (video.groups.longestTicks * video.timebase.num) / video.timebase.den;
      return reasonIf(
        seconds > limits.passthrough.keyFrameSeconds,
        () => `Key frames are ${seconds.toFixed(2)} s apart, more than ${limits.passthrough.keyFrameSeconds}.`,
      );
    },
  },
  {
    id: "closed-groups",
    outcome: "NORMALISE",
    reads: "order of decoding and of showing (packets)",
    accepted: "no picture is shown before the key frame that it follows",
    source: "ours: every segment is decoded alone",
    reasons: (_track, { video }) =>
      reasonIf(video.groups.open > 0, () => `Of ${video.groups.count} groups of pictures ${video.groups.open} are open: they can't be decoded alone.`),
  },
];

const isKnown = (codec: string | undefined): codec is string => codec !== undefined && Object.hasOwn(codecs, codec);

/** The rules as the table of `docs/ingest.md`. */
export function ruleTable(): string {
  const outcomes = { REJECT: "rejected", CONVERT: "converted first", NORMALISE: "encoded anew" } as const;
  const lines = rules.map(({ id, reads, accepted, source, outcome }) => `| \`${id}\` | ${reads} | ${accepted} | ${outcomes[outcome]} | ${source} |`);
  return ["| rule | looks at | passes | else the video is | whose limit |", "|---|---|---|---|---|", ...lines].join("\n");
}
