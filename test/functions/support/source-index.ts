import { encodeRuns } from "../../../contracts/frame-table.ts";
import type { SourceIndex } from "../../../contracts/media.ts";

/** The index of ten seconds of 1080p25, with changes. */
export const indexOf = (video: Partial<SourceIndex["video"]> = {}): SourceIndex => ({
  schema: "source-index/1.1",
  container: "mp4",
  bytes: 1000,
  video: {
    codec: "avc",
    width: 1920,
    height: 1080,
    rotation: 0,
    timebase: { num: 1, den: 12800 },
    frameCount: 250,
    pts: encodeRuns(Array.from({ length: 250 }, (_, n) => n * 512)),
    hiddenFrameCount: 0,
    durationTicks: 128000,
    nominalFrameRate: { num: 25, den: 1 },
    variableFrameRate: false,
    groups: { count: 5, longestTicks: 2 * 12_800, open: 0, bytes: 5_000_000, largestSegmentBytes: 3_000_000 },
    ...video,
  },
  audioTracks: 1,
});
