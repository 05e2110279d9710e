import type { PacketTable } from "./packets.ts";

/**
 * Key frames between two sampled ones, if every frame 0, step, 2 step, ... is a key frame and they are evenly spread
 * among the key frames; undefined otherwise. True for the analysis rendition (closed GOP of 1 s) at one frame a second.
 */
export function keyFrameStep({ pts, keyFrames }: PacketTable, step: number): number | undefined {
  const each = keyFrames.indexOf(step);
  const wanted = Math.ceil(pts.length / step);
  if (wanted > 1 && each < 1) return undefined;
  const keyStep = wanted > 1 ? each : keyFrames.length;
  for (let i = 0; i < wanted; i++) if (keyFrames[i * keyStep] !== i * step) return undefined;
  return Math.ceil(keyFrames.length / keyStep) === wanted ? keyStep : undefined;
}
