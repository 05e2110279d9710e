import type { Analysis } from "./analysis.ts";
import type { SourceIndex } from "./media.ts";
import type { Analyser } from "./model.ts";
import {
  instanceHour,
  jobStartSeconds,
  mediaConvertHighRateFactor,
  mediaConvertMinute,
  pricesAsOf,
  rekognitionSegmentMinute,
  stateTransition,
} from "./prices.ts";

/**
 * What a run costs on AWS at list prices, about: forecast before anything costs money, told again from what really ran when
 * it is over. One formula for both, so that they differ only by what a forecast can't know. Storage, requests and functions
 * are left out: they are cents a thousand runs.
 */

/** Transitions of one run of the case analysis, about: states, polls and retries. */
const transitions = 100;
/** Segment types asked of Rekognition: shots and technical cues. */
const segmentTypes = 2;

/** What ran, or will. */
export interface Usage {
  readonly normalised: boolean;
  readonly reviewed: boolean;
  readonly rekognition: boolean;
  /** Jobs by analyser: what they ran on and how long, start-up apart. */
  readonly jobs: readonly { readonly analyser: string; readonly instanceType: string; readonly wallSeconds: number }[];
}

export type Cost = Omit<Analysis["cost"], "forecastUsd">;
type VideoFacts = Pick<SourceIndex["video"], "durationTicks" | "timebase" | "nominalFrameRate" | "width" | "height">;

const secondsOf = ({ durationTicks, timebase }: VideoFacts): number => (durationTicks * timebase.num) / timebase.den;

/** The cost of such a run over such a video. */
export function costOf(video: VideoFacts, usage: Usage): Cost {
  const minutes = secondsOf(video) / 60;
  const rateFactor = video.nominalFrameRate.num / video.nominalFrameRate.den > 30.5 ? mediaConvertHighRateFactor : 1;
  const reviewMinute = Math.min(video.width, video.height) >= 720 ? mediaConvertMinute.hd : mediaConvertMinute.sd;
  const breakdown: Cost["breakdown"] = [];
  if (usage.normalised) breakdown.push({ item: "MediaConvert: analysis rendition", usd: minutes * mediaConvertMinute.sd * rateFactor });
  if (usage.reviewed) breakdown.push({ item: "MediaConvert: review rendition", usd: minutes * reviewMinute * rateFactor });
  if (usage.rekognition) breakdown.push({ item: "Rekognition: shots and technical cues", usd: minutes * rekognitionSegmentMinute * segmentTypes });
  for (const { analyser, instanceType, wallSeconds } of usage.jobs)
    breakdown.push({
      item: `SageMaker: ${analyser} on ${instanceType}`,
      usd: ((wallSeconds + jobStartSeconds) / 3600) * (instanceHour[instanceType] as number),
    });
  breakdown.push({ item: "Step Functions", usd: transitions * stateTransition });
  for (const line of breakdown) line.usd = rounded(line.usd);
  return { estimateUsd: rounded(breakdown.reduce((sum, { usd }) => sum + usd, 0)), breakdown, pricesAsOf };
}

/** What a forecast knows of an analyser. */
export type PlannedAnalyser = Pick<Analyser, "id" | "instanceType" | "sampleRate">;

/** What a run over this video will cost if every branch does its work: known once it is admitted, before anything costs money. */
export function forecastOf(
  video: VideoFacts,
  plan: { readonly normalised: boolean; readonly rekognition: boolean; readonly analysers: readonly PlannedAnalyser[] },
): Cost {
  const jobs = plan.analysers.map(({ id, instanceType, sampleRate }) => ({
    analyser: id,
    instanceType,
    wallSeconds: jobSeconds(instanceType, sampleRate, secondsOf(video)),
  }));
  return costOf(video, { normalised: plan.normalised, reviewed: true, rekognition: plan.rekognition, jobs });
}

/** To a ten-thousandth of a dollar: finer would pretend. */
const rounded = (usd: number): number => Math.round(usd * 1e4) / 1e4;

/**
 * Processor seconds of an analysis, from `docs/benchmarks.md` (60 s at 1080p: 9.49 to decode, 12.05 with everything at 1
 * frame a second, 14.42 at 5). Networks are counted on processors, whatever the instance has beside them.
 */
const measured = { clipSeconds: 60, decode: 9.49, atOne: 12.05, atFive: 14.42, wallAtFive: 8.4, processors: 2 } as const;
/** The analysis rendition has a quarter of the pixels of the measured clip. */
const pixelShare = (960 * 540) / (1920 * 1080);
const perFrame = (measured.atFive - measured.atOne) / (4 * measured.clipSeconds);
const perSecond = (measured.decode * pixelShare + (measured.atOne - measured.decode)) / measured.clipSeconds - perFrame;
/** How much of a processor a job keeps busy. */
const busy = measured.atFive / measured.wallAtFive / measured.processors;

/** Processors of the instance types that jobs run on. */
const processors: Readonly<Record<string, number>> = {
  "ml.m5.large": 2,
  "ml.m5.xlarge": 4,
  "ml.m5.2xlarge": 8,
  "ml.c5.xlarge": 4,
  "ml.c5.2xlarge": 8,
  "ml.g4dn.xlarge": 4,
  "ml.g5.xlarge": 4,
  "ml.g5.2xlarge": 8,
  "ml.g6.xlarge": 4,
};

/** Seconds that a processing job computes on a video, start-up apart. Throws for an instance type whose speed nobody has stated. */
export function jobSeconds(instanceType: string, sampleRate: number, videoSeconds: number): number {
  const count = processors[instanceType];
  if (count === undefined) throw new Error(`No speed is known for instance type ${instanceType}; add it to contracts/cost.ts.`);
  return (videoSeconds * (perSecond + perFrame * sampleRate)) / (count * busy);
}
