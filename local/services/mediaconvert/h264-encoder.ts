import type { H264Settings } from "./settings.ts";

/**
 * QVBR quality level (1..10) to x264's constant rate factor: two steps of the factor a level, with level 7, MediaConvert's
 * usual choice for 1080p, at x264's own default of 23. The bit rate stays below MaxBitrate as it does in QVBR.
 */
export const rateFactor = (level: number): number => 37 - 2 * level;

/** How hard the encoder tries. The local cloud shares a laptop's processors, so a step faster than the names suggest; quality is held by the rate factor, only size grows. */
const presets = { SINGLE_PASS: "veryfast", SINGLE_PASS_HQ: "fast", MULTI_PASS_HQ: "medium" } as const;
const profiles = { BASELINE: "baseline", MAIN: "main", HIGH: "high" } as const;

/** Frames between two key frames. MediaConvert turns seconds into whole frames as well. */
export function gopFrames({ GopSize, GopSizeUnits, FramerateNumerator, FramerateDenominator }: H264Settings): number {
  const frames = GopSizeUnits === "FRAMES" ? GopSize : (GopSize * FramerateNumerator) / FramerateDenominator;
  return Math.max(1, Math.round(frames));
}

/**
 * ffmpeg's output options for an H.264 stream. Key frames stand at exact multiples of the GOP and nowhere else, every GOP
 * is closed. The numbers of threads are fixed because x264's output depends on them; x264's note about itself (SEI)
 * is taken out, so that equal pictures give equal bytes.
 */
export function h264Arguments(codec: H264Settings): string[] {
  const gop = gopFrames(codec);
  const x264 = [
    "open-gop=0",
    "scenecut=0",
    `keyint=${gop}`,
    `min-keyint=${gop}`,
    "b-adapt=0",
    `b-pyramid=${codec.GopBReference === "ENABLED" ? "normal" : "none"}`,
    "threads=2",
    "lookahead-threads=1",
  ];
  return [
    ...["-c:v", "libx264", "-preset", presets[codec.QualityTuningLevel], "-profile:v", profiles[codec.CodecProfile], "-pix_fmt", "yuv420p"],
    ...["-crf", String(rateFactor(codec.QvbrSettings.QvbrQualityLevel)), "-maxrate", String(codec.MaxBitrate), "-bufsize", String(2 * codec.MaxBitrate)],
    ...["-bf", String(codec.NumberBFramesBetweenReferenceFrames), "-x264-params", x264.join(":")],
    ...["-bsf:v", "filter_units=remove_types=6", "-fps_mode", "passthrough"],
  ];
}
