import { z } from "zod";
import { convertedSource } from "./conversion.ts";
import { integerRuns } from "./frame-table.ts";
import { type Rational, rational, s3Uri, sha256 } from "./primitives.ts";

/** Length of the pieces of the analysis rendition: each ends at the first key frame from this many seconds on. */
export const segmentSeconds = 6;
/** Largest piece that analysers take, in MiB: what a transform job sends at once (SageMaker takes 100 for all that are under way), and an endpoint reads. */
export const largestSegmentMebibytes = 12;
/** Segments that an instance is sent at once: it looks at one while it decodes the next. */
export const segmentsAtOnce = 2;

/** Groups of pictures: each from a key frame up to the next, in the order in which they are decoded. */
export const keyFrameGroups = z.strictObject({
  count: z.int().positive(),
  /** Ticks from a key frame to the next, or from the last to the end: the longest such time. */
  longestTicks: z.int().nonnegative(),
  /** Groups with pictures that are shown before their key frame: those refer to the group before, so such a group can't be decoded alone. */
  open: z.int().nonnegative(),
  /** Bytes of all packets. */
  bytes: z.int().nonnegative(),
  /** Bytes from a key frame up to the first that is {@link segmentSeconds} later or more: the most there are. No piece that is cut at key frames is larger. */
  largestSegmentBytes: z.int().nonnegative(),
});
export type KeyFrameGroups = z.infer<typeof keyFrameGroups>;

/**
 * What the packet tables of a source say, read by byte ranges without decoding a picture. Written by `prepare/index-source`. If the
 * source had to be converted, what the tables of its copy say; `bytes` and `sha256` are of the source all the same.
 */
export const sourceIndex = z.strictObject({
  schema: z.literal("source-index/1.1"),
  container: z.enum(["mp4", "mov", "mkv", "webm", "mpegts"]),
  /** Size of the object in bytes. */
  bytes: z.int().positive(),
  sha256: sha256.optional(),
  /** What the source was before it was converted, and how long that took; absent if it is read as it is. */
  converted: z.strictObject({ ...convertedSource.shape, wallSeconds: z.number().nonnegative() }).optional(),
  video: z.strictObject({
    /** As in WebCodecs: avc, hevc, vp9, av1, ... */
    codec: z.string(),
    /** Pixels as displayed: after rotation and pixel aspect. */
    width: z.int().positive(),
    height: z.int().positive(),
    /** Clockwise degrees a player turns the picture by. */
    rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
    timebase: rational,
    frameCount: z.int().positive(),
    pts: integerRuns,
    /** Packets that an edit list hides from the start; they are not counted and never shown. */
    hiddenFrameCount: z.int().nonnegative(),
    /** Ticks from the first frame's start to the last frame's end. */
    durationTicks: z.int().positive(),
    /** Most common frame rate, snapped to a standard one within 0.1 %. */
    nominalFrameRate: rational,
    variableFrameRate: z.boolean(),
    groups: keyFrameGroups,
  }),
  audioTracks: z.int().nonnegative(),
});
export type SourceIndex = z.infer<typeof sourceIndex>;

/** 6 s pieces of the analysis rendition, for analysers that read piece by piece. Written by `prepare/index-rendition`. */
export const segmentManifest = z.strictObject({
  schema: z.literal("segment-manifest/1.0"),
  /** Playlist of the analysis rendition. */
  playlist: s3Uri,
  width: z.int().positive(),
  height: z.int().positive(),
  frameRate: rational,
  frameCount: z.int().positive(),
  segments: z.array(z.strictObject({ uri: s3Uri, startFrame: z.int().nonnegative(), frameCount: z.int().positive() })).min(1),
});
export type SegmentManifest = z.infer<typeof segmentManifest>;

/** Frames between two sampled ones, for about `sampleRate` a second. Frames are sampled by number, so that sampling is exact and repeatable. */
export const samplingStep = (frameRate: Rational, sampleRate: number): number => Math.max(1, Math.round(frameRate.num / frameRate.den / sampleRate));
