import { z } from "zod";
import type { Analysis } from "./analysis.ts";
import { conversionTask } from "./conversion.ts";
import { pictureStepSeconds } from "./gate.ts";
import type { SourceIndex } from "./media.ts";
import { type Analyser, type AnalyserMode, analyserFields, analyserMode } from "./model.ts";
import {
  fargateHour,
  instanceHour,
  jobStartSeconds,
  malwareScanGb,
  mediaConvertHighRateFactor,
  mediaConvertMinute,
  pricesAsOf,
  rekognitionLabelMinute,
  rekognitionSegmentMinute,
  rekognitionThousandPictures,
  roundedUsd,
  stateTransition,
  taskStartSeconds,
} from "./prices.ts";
import { plannedReport } from "./report-cost.ts";

/**
 * What a run costs on AWS at list prices, about: forecast before anything costs money, told again from what really ran when
 * it is over. One formula for both, so that they differ only by what a forecast can't know. Storage, requests and functions
 * are left out: they are cents a thousand runs.
 */

/** Transitions of one run of the case analysis, about: states, polls and retries. */
const transitions = 100;
/** What a run costs that does nothing. */
export const startUsd = transitions * stateTransition;
/** What GuardDuty's scan of a source costs, which lets it in where a stack scans. */
export const scanUsd = (bytes: number): number => (bytes / 1e9) * malwareScanGb;
/** Segment types asked of Rekognition: shots and technical cues. */
const segmentTypes = 2;

/** What ran, or will. */
export interface Usage {
  /** Size of the source, where GuardDuty scanned it. */
  readonly scannedBytes?: number | undefined;
  /** How long the source was converted, its task's start apart; absent if it was read as it is. */
  readonly conversionSeconds?: number | undefined;
  readonly normalised: boolean;
  readonly reviewed: boolean;
  /** Whether Rekognition found shots and technical cues. */
  readonly rekognition: boolean;
  /** Whether Rekognition found labels. */
  readonly labels: boolean;
  /** Pictures that Rekognition searched for burnt-in text. */
  readonly picturesSearched: number;
  /** Analysers: what they ran on and how long, start-up apart; and how often something had to start for that, once unless it is said. */
  readonly jobs: readonly {
    readonly analyser: string;
    readonly instanceType: string;
    readonly wallSeconds: number;
    readonly starts?: number;
    /** What it cost, where the analyser itself tells. */
    readonly usd?: number;
  }[];
}

export type Cost = Omit<Analysis["cost"], "forecastUsd">;
type VideoFacts = Pick<SourceIndex["video"], "durationTicks" | "timebase" | "nominalFrameRate" | "width" | "height">;

/** What a conversion of so many seconds costs, its task's start included. */
export function conversionUsd(seconds: number): number {
  const { cpuUnits, memoryMb, scratchGib } = conversionTask;
  const { vcpu, memoryGb, diskGb, diskGbIncluded } = fargateHour;
  const hour = (cpuUnits / 1024) * vcpu + (memoryMb / 1024) * memoryGb + (scratchGib - diskGbIncluded) * diskGb;
  return ((seconds + taskStartSeconds) / 3600) * hour;
}

const secondsOf = ({ durationTicks, timebase }: VideoFacts): number => (durationTicks * timebase.num) / timebase.den;

/** What the breakdown calls the work of services, by the branch that asks them for it. */
export const branchItems = {
  "review-rendition": "MediaConvert: review rendition",
  rekognition: "Rekognition: shots and technical cues",
  "rekognition-labels": "Rekognition: labels",
} as const;
/** The same of every step that is no job of an analyser, by what the state machine calls it. */
const stepItems = {
  ...{ conversion: "Fargate: conversion", "analysis-rendition": "MediaConvert: analysis rendition" },
  ...branchItems,
  pictures: "Rekognition: burnt-in text",
} as const;
/** What it calls an analyser's job. */
export const jobItem = (analyser: string, instanceType: string): string => `SageMaker: ${analyser} on ${instanceType}`;

/** The cost of such a run over such a video. */
export function costOf(video: VideoFacts, usage: Usage): Cost {
  const minutes = secondsOf(video) / 60;
  const rateFactor = video.nominalFrameRate.num / video.nominalFrameRate.den > 30.5 ? mediaConvertHighRateFactor : 1;
  const reviewMinute = Math.min(video.width, video.height) >= 720 ? mediaConvertMinute.hd : mediaConvertMinute.sd;
  const breakdown: Cost["breakdown"] = [];
  if (usage.scannedBytes !== undefined) breakdown.push({ item: "GuardDuty: malware scan", usd: scanUsd(usage.scannedBytes) });
  if (usage.conversionSeconds !== undefined) breakdown.push({ item: stepItems.conversion, usd: conversionUsd(usage.conversionSeconds) });
  if (usage.normalised) breakdown.push({ item: stepItems["analysis-rendition"], usd: minutes * mediaConvertMinute.sd * rateFactor });
  if (usage.reviewed) breakdown.push({ item: stepItems["review-rendition"], usd: minutes * reviewMinute * rateFactor });
  if (usage.rekognition) breakdown.push({ item: stepItems.rekognition, usd: minutes * rekognitionSegmentMinute * segmentTypes });
  if (usage.labels) breakdown.push({ item: stepItems["rekognition-labels"], usd: minutes * rekognitionLabelMinute });
  if (usage.picturesSearched > 0) breakdown.push({ item: stepItems.pictures, usd: (usage.picturesSearched / 1000) * rekognitionThousandPictures });
  for (const { analyser, instanceType, wallSeconds, starts = 1, usd } of usage.jobs)
    breakdown.push({
      item: jobItem(analyser, instanceType),
      usd: usd ?? ((wallSeconds + starts * jobStartSeconds) / 3600) * (instanceHour[instanceType] as number),
    });
  breakdown.push({ item: "Step Functions", usd: startUsd });
  for (const line of breakdown) line.usd = roundedUsd(line.usd);
  return { estimateUsd: roundedUsd(breakdown.reduce((sum, { usd }) => sum + usd, 0)), breakdown, pricesAsOf };
}

/** What a forecast knows of an analyser. */
export const plannedAnalyser = z.strictObject({
  ...analyserFields.pick({ id: true, instanceType: true, sampleRate: true }).shape,
  /** How often the video is decoded: for each network, where each sees segments. */
  passes: z.int().positive().default(1),
  /** How often something starts for that: never where it always runs. */
  starts: z.int().nonnegative().default(1),
  mode: analyserMode.default("processing"),
});
export type PlannedAnalyser = Readonly<z.input<typeof plannedAnalyser>>;

/**
 * An analyser of the catalogue as a forecast sees it. Instances that share the work cost as much as one that does it all, but for
 * their start: a transform job starts its own, for each network; an asynchronous endpoint's are started once, by whoever comes first; a
 * real-time endpoint's always run, and what they cost while nobody asks is no case's (`npm run cost` tells it, as what a stack costs idle).
 */
export const planned = ({ id, instanceType, sampleRate, mode, endpoint, models, instances = 1 }: Analyser): PlannedAnalyser => ({
  ...{ id, instanceType, sampleRate },
  ...(mode !== "processing" && { mode, passes: models.length }),
  ...(mode === "transform" && { starts: models.length * instances }),
  ...(endpoint === "real-time" && { starts: 0 }),
});

/** What a stack runs over every admitted video, as far as it costs money: what its functions are told for forecasts. */
export const plannedWork = z.strictObject({
  analysers: z.array(plannedAnalyser),
  rekognition: z.boolean(),
  labels: z.boolean(),
  /** Whether GuardDuty scans what is uploaded. */
  scanned: z.boolean(),
  /** The language model that writes reports; absent where none does. */
  report: plannedReport.optional(),
});
export type PlannedWork = z.input<typeof plannedWork>;

/** What a run will do. */
export interface Plan {
  readonly scannedBytes?: number | undefined;
  readonly conversionSeconds?: number | undefined;
  readonly normalised: boolean;
  readonly rekognition: boolean;
  readonly labels: boolean;
  readonly analysers: readonly PlannedAnalyser[];
}

/**
 * What each step of a run costs if it does its work, by what the state machine calls it: the envelope of a branch, `conversion` or
 * `analysis-rendition`. For runs that end early: they cost what was done.
 */
export function stepsUsd(video: VideoFacts, plan: Plan): Record<string, number> {
  const usdOf = new Map(forecastOf(video, plan).breakdown.map(({ item, usd }) => [item, usd]));
  const jobs = plan.analysers.map(({ id, instanceType }): [string, string] => [id, jobItem(id, instanceType)]);
  return Object.fromEntries([...Object.entries(stepItems), ...jobs].map(([step, item]) => [step, usdOf.get(item) ?? 0]));
}

/** A job of a plan, as it will take long. */
const jobOf = (video: VideoFacts, { id, instanceType, sampleRate, passes = 1, starts = 1 }: PlannedAnalyser): Usage["jobs"][number] => ({
  analyser: id,
  instanceType,
  wallSeconds: passes * jobSeconds(instanceType, sampleRate, secondsOf(video)),
  starts,
});

/** What a run over this video will cost if every branch does its work: known once it is admitted, before anything costs money. */
export function forecastOf(video: VideoFacts, plan: Plan): Cost {
  const jobs = plan.analysers.map((analyser) => jobOf(video, analyser));
  const { scannedBytes, conversionSeconds, normalised, rekognition, labels } = plan;
  // Nobody knows yet how much lies outside the patient, which is not searched.
  const picturesSearched = rekognition ? Math.ceil(secondsOf(video) / pictureStepSeconds) : 0;
  return costOf(video, { scannedBytes, conversionSeconds, normalised, reviewed: true, rekognition, labels, picturesSearched, jobs });
}

/** A state of a run, as far as its cost is told from it: its name, when it began, and when it ended if it did. */
export interface CostedState {
  readonly name: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED";
  readonly enteredAt: string;
  readonly exitedAt: string | null;
}

/** States that cost what was forecast of their step once they have done its work: their services bill what they delivered (from memory). */
const deliveringStates: Readonly<Record<string, keyof typeof stepItems>> = {
  Normalise: "analysis-rendition",
  RenderReview: "review-rendition",
  CollectShots: "rekognition",
  CollectLabels: "rekognition-labels",
  ScreenPictures: "pictures",
};

/**
 * What a run has cost until `now`, about, from nothing but the states that it entered: what is done at its forecast, and jobs by the seconds of their
 * states, waiting for an instance included. A history does not say which analyser a state is of: those of one mode cost what its analysers do on average.
 */
export function soFarUsd(
  states: readonly CostedState[],
  known: {
    readonly stepsUsd: Readonly<Record<string, number>>;
    /** The gate's first. */
    readonly analysers: readonly PlannedAnalyser[];
    readonly scannedBytes?: number | undefined;
  },
  now: Date,
): number {
  const [gate, ...analysers] = known.analysers;
  const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);
  const inMode = (wanted: AnalyserMode) => analysers.filter(({ mode = "processing" }) => mode === wanted);
  const secondUsd = (those: readonly (PlannedAnalyser | undefined)[]): number =>
    mean(those.flatMap((one) => (one === undefined ? [] : (instanceHour[one.instanceType] as number) / 3600)));
  const collected = mean(inMode("endpoint").map(({ id }) => known.stepsUsd[id] ?? 0));
  const usdOf = ({ name, status, enteredAt, exitedAt }: CostedState): number => {
    const seconds = Math.max(0, (exitedAt === null ? now.getTime() : Date.parse(exitedAt)) - Date.parse(enteredAt)) / 1000;
    const step = deliveringStates[name];
    if (step !== undefined) return status === "SUCCEEDED" ? (known.stepsUsd[step] ?? 0) : 0;
    if (name === "Convert") return conversionUsd(seconds - taskStartSeconds);
    if (name === "ScreenFrames") return seconds * secondUsd([gate]);
    if (name === "RunAnalyser") return seconds * secondUsd(inMode("processing"));
    if (name === "RunTransform") return seconds * secondUsd(inMode("transform"));
    return name === "CollectSegments" && status === "SUCCEEDED" ? collected : 0;
  };
  const scan = known.scannedBytes === undefined ? 0 : scanUsd(known.scannedBytes);
  return roundedUsd(startUsd + scan + states.reduce((sum, state) => sum + usdOf(state), 0));
}

/**
 * Processor seconds of an analysis, as `npm run bench` measured them in November 2026 (60 s at 1080p: 9.49 to decode, 12.05 with everything at 1
 * frame a second, 14.42 at 5). Another machine of the same kind took a tenth to a fifth longer (`docs/benchmarks.md`): a forecast is no better than that.
 * Networks are counted on processors, whatever the instance has beside them.
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
