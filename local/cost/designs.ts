import { jobStartSeconds } from "../../contracts/prices.ts";
import { videoHour } from "./assumptions.ts";
import type { IdleCost } from "./idle.ts";
import { monthHours, prices } from "./prices.ts";
import { type HourLine, jobLine, line } from "./video-hour.ts";

/**
 * The design that the platform's first sketches describe, taken at their word: everything re-encoded in full HD, Rekognition
 * asked for labels, text and both segment types, three networks in a Batch Transform job each, one GPU endpoint that never
 * stops. Batch Transform refuses objects above 100 MB, so the jobs are counted over segments of 6 s, as they could be run.
 */
export const sketch = {
  instanceType: "ml.g4dn.xlarge",
  /** Frames a second that its decoder and its networks get through; assumed, not measured here. */
  decoded: 700,
  networks: [
    { name: "detection", perSecond: 150 },
    { name: "segmentation", perSecond: 50 },
    { name: "phases", perSecond: 300, most: 1 },
  ],
} as const;

/** What an hour of video costs in the sketched design. */
export function sketchHour(fps: number): HourLine[] {
  const { minutes, frames } = videoHour;
  const { instanceType, decoded, networks } = sketch;
  return [
    line("MediaConvert: full HD", prices.hdOutput, minutes, "every video"),
    line("Rekognition labels", prices.videoAnalysis, minutes, "whole video"),
    line("Rekognition text", prices.videoAnalysis, minutes, "whole video"),
    line("Rekognition segments", prices.segmentDetection, 2 * minutes, "SHOT and TECHNICAL_CUE"),
    ...networks.map((network) => {
      const rate = "most" in network ? Math.min(fps, network.most) : fps;
      const seconds = Math.max(frames / decoded, (minutes * 60 * rate) / network.perSecond);
      return jobLine(`Batch Transform: ${network.name}`, instanceType, seconds, `${instanceType}, ${Math.round(seconds)} s and ${jobStartSeconds} s to start`);
    }),
  ];
}

/** What a quiet month costs if the sketch's endpoint stands in place of ours. */
export function sketchIdle({ lines, usd }: IdleCost): number {
  const ours = lines.filter(({ what }) => what.startsWith("SageMaker endpoint")).reduce((sum, line) => sum + line.usd, 0);
  const hour = jobLine("endpoint", sketch.instanceType, 3600 - jobStartSeconds, "");
  return usd - ours + hour.usd * monthHours;
}
