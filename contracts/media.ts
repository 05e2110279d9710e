import { z } from "zod";
import { integerRuns } from "./frame-table.ts";
import { rational, s3Uri, sha256 } from "./primitives.ts";

/** What the packet tables of a source say, read by byte ranges without decoding a picture. Written by `prepare/index-source`. */
export const sourceIndex = z.strictObject({
  schema: z.literal("source-index/1.0"),
  container: z.enum(["mp4", "mov", "mkv", "webm", "mpegts"]),
  /** Size of the object in bytes. */
  bytes: z.int().positive(),
  sha256: sha256.optional(),
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
