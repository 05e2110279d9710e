import type { Analysis } from "../../../contracts/analysis.ts";
import type { SourceIndex } from "../../../contracts/media.ts";
import {
  instanceHour,
  jobStartSeconds,
  mediaConvertHighRateFactor,
  mediaConvertMinute,
  pricesAsOf,
  rekognitionSegmentMinute,
  stateTransition,
} from "../../../contracts/prices.ts";

/** Transitions of one run of the case analysis, about: states, polls and retries. */
const transitions = 100;
/** Segment types asked of Rekognition: shots and technical cues. */
const segmentTypes = 2;

export interface Usage {
  normalised: boolean;
  reviewed: boolean;
  rekognition: boolean;
  /** Jobs by analyser: what they ran on and how long. */
  jobs: { analyser: string; instanceType: string; wallSeconds: number }[];
}

/** What this run costs on AWS at list prices, about. Storage, requests and functions are left out: they are cents a thousand runs. */
export function costOf({ video }: SourceIndex, usage: Usage): Analysis["cost"] {
  const minutes = (video.durationTicks * video.timebase.num) / video.timebase.den / 60;
  const rateFactor = video.nominalFrameRate.num / video.nominalFrameRate.den > 30.5 ? mediaConvertHighRateFactor : 1;
  const reviewMinute = Math.min(video.width, video.height) >= 720 ? mediaConvertMinute.hd : mediaConvertMinute.sd;
  const breakdown: Analysis["cost"]["breakdown"] = [];
  if (usage.normalised) breakdown.push({ item: "MediaConvert: analysis rendition", usd: minutes * mediaConvertMinute.sd * rateFactor });
  if (usage.reviewed) breakdown.push({ item: "MediaConvert: review rendition", usd: minutes * reviewMinute * rateFactor });
  if (usage.rekognition) breakdown.push({ item: "Rekognition: shots and technical cues", usd: minutes * rekognitionSegmentMinute * segmentTypes });
  for (const { analyser, instanceType, wallSeconds } of usage.jobs) {
    breakdown.push({
      item: `SageMaker: ${analyser} on ${instanceType}`,
      usd: ((wallSeconds + jobStartSeconds) / 3600) * (instanceHour[instanceType] as number),
    });
  }
  breakdown.push({ item: "Step Functions", usd: transitions * stateTransition });
  for (const line of breakdown) line.usd = rounded(line.usd);
  return { estimateUsd: rounded(breakdown.reduce((sum, { usd }) => sum + usd, 0)), breakdown, pricesAsOf };
}

/** To a ten-thousandth of a dollar: finer would pretend. */
const rounded = (usd: number): number => Math.round(usd * 1e4) / 1e4;
