import { conversionTask } from "../../contracts/conversion.ts";
import { conversionUsd } from "../../contracts/cost.ts";
import { pictureStepSeconds, picturesPerPart } from "../../contracts/gate.ts";
import { analysisRenditionPrefix, metadataPrefix, resultsPrefix, reviewRenditionKey, sourceKey } from "../../contracts/keys.ts";
import { instanceHour, jobStartSeconds, taskStartSeconds } from "../../contracts/prices.ts";
import { CommandError } from "../cli/command.ts";
import type { DeployedResource, Deployment } from "../deploy/deployment.ts";
import { analysisSeconds, videoHour } from "./assumptions.ts";
import { backupCopies } from "./backup.ts";
import { type Charge, usdOf } from "./charge.ts";
import { type Definition, type Visit, visits } from "./machine-path.ts";
import { type Price, prices } from "./prices.ts";
import { firstYear, type Stay, usdPerGb } from "./storage.ts";

export interface VideoHourOptions {
  /** Frames a second that the analysers sample; what the catalogue says if absent. The privacy gate keeps its own rate. */
  readonly fps?: number;
  /** The source is fit for analysis as it is, so its analysis rendition is copied and not encoded. */
  readonly passthrough?: boolean;
  /** The source can't be read as it is, so it is converted first. */
  readonly converted?: boolean;
}

export interface VideoHourCost {
  /** Paid once, dearest first. */
  readonly analysis: readonly HourLine[];
  /** The first year of what is kept. */
  readonly storage: readonly HourLine[];
  readonly analysisUsd: number;
  readonly storageUsd: number;
  /** State machines of the stack that no upload starts directly; what they do is not in here. */
  readonly otherMachines: readonly string[];
}

export interface HourLine extends Charge {
  readonly usd: number;
  /** How the quantity comes about. */
  readonly note: string;
}

const picturesAnHour = (videoHour.minutes * 60) / pictureStepSeconds;

const machineType = "aws:sfn/stateMachine:StateMachine";
const transcodes = "arn:aws:states:::mediaconvert:createJob.sync";

/** What an hour of video costs in a stack, read from the definition of the state machine that it passes through. Undefined for a stack without one. */
export function videoHourCost({ resources, outputs }: Pick<Deployment, "resources" | "outputs">, options: VideoHourOptions = {}): VideoHourCost | undefined {
  const machines = resources.filter(({ type }) => type === machineType);
  const machine = machines.find(({ inputs }) => String(inputs["definition"]).includes(transcodes));
  if (machine === undefined) return undefined;
  const path = visits(JSON.parse(String(machine.inputs["definition"])) as Definition, { ScreenPictures: picturesAnHour / picturesPerPart });
  const problems: string[] = [];
  const lines = [
    ...path.flatMap((visit) => {
      try {
        return taskLines(visit, resources, options);
      } catch (error) {
        problems.push(`state "${visit.name}" ${(error as Error).message}`);
        return [];
      }
    }),
    transitionLine(path),
    ...requestLines(resources, outputs),
  ];
  if (problems.length > 0) throw new CommandError(`The cost of an hour of video can't be told:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
  const analysis = functionsTogether(lines).sort((a, b) => b.usd - a.usd || (a.what < b.what ? -1 : 1));
  const storage = storageLines(resources, outputs);
  return {
    analysis,
    storage,
    analysisUsd: total(analysis),
    storageUsd: total(storage),
    otherMachines: machines.filter((other) => other !== machine).map(({ name }) => name),
  };
}

export const total = (lines: readonly { readonly usd: number }[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);

export const line = (what: string, price: Price, quantity: number, note: string): HourLine => ({
  what,
  price,
  quantity,
  note,
  usd: usdOf({ what, price, quantity }),
});

/** A SageMaker job on one instance. */
export function jobLine(what: string, instanceType: string, seconds: number, note: string): HourLine {
  const usd = instanceHour[instanceType];
  if (usd === undefined) throw new Error(`runs on ${instanceType}, which has no price in contracts/prices.ts.`);
  return line(what, { usd, unit: "instance-hour", source: "page" }, (jobStartSeconds + seconds) / 3600, note);
}

/** Calls that cost cents a thousand runs. */
const negligible = new Set(
  [
    "dynamodb:updateItem",
    "events:putEvents",
    "aws-sdk:s3:getObjectTagging",
    "aws-sdk:s3:putObjectTagging",
    "aws-sdk:mediaconvert:probe",
    "aws-sdk:rekognition:getLabelDetection",
    "aws-sdk:rekognition:getSegmentDetection",
  ].map((call) => `arn:aws:states:::${call}`),
);

function taskLines({ name, state, item }: Visit, resources: readonly DeployedResource[], options: VideoHourOptions): HourLine[] {
  const { Type, Resource = "", Arguments } = state;
  if (Type !== "Task" || negligible.has(Resource)) return [];
  switch (Resource) {
    case transcodes:
      return transcodeLines(name, String(Arguments.ClientRequestToken), options);
    case "arn:aws:states:::sagemaker:createProcessingJob.sync":
      return [processingLine(Arguments, item as ProcessingItem | undefined, options)];
    case "arn:aws:states:::ecs:runTask.sync":
      return options.converted ? [conversionLine()] : [];
    case "arn:aws:states:::aws-sdk:rekognition:startSegmentDetection": {
      const types = Arguments.SegmentTypes as string[];
      return [
        line("Rekognition segments", prices.segmentDetection, types.length * videoHour.minutes, `${types.join(" and ")}, ${videoHour.minutes} minutes each`),
      ];
    }
    case "arn:aws:states:::aws-sdk:rekognition:startLabelDetection":
      return [line("Rekognition labels", prices.labelDetection, videoHour.minutes, `${videoHour.minutes} minutes`)];
    case "arn:aws:states:::lambda:invoke":
      return [
        functionLine(String(Arguments.FunctionName), resources),
        // The function shows Rekognition one part of the pictures.
        ...(name === "SearchPictures" ? [line("Rekognition text", prices.detectText, picturesPerPart / 1000, `${picturesPerPart} pictures`)] : []),
      ];
    default:
      throw new Error(`calls ${Resource}, which has no price here. Add it to local/cost/video-hour.ts.`);
  }
}

/** A job's token names its purpose; the settings are made by a function while the machine runs. */
function transcodeLines(name: string, token: string, { passthrough }: VideoHourOptions): HourLine[] {
  if (token.includes("-normalise-")) {
    return passthrough ? [] : [line("MediaConvert: analysis rendition", prices.sdOutput, videoHour.minutes, "540p, H.264")];
  }
  if (token.includes("-review-")) return [line("MediaConvert: review rendition", prices.hdOutput, videoHour.minutes, "1080p, H.264")];
  throw new Error(`transcodes for a purpose that its token ${token} does not name (${name}).`);
}

function conversionLine(): HourLine {
  const { conversionSeconds } = videoHour;
  const { cpuUnits, memoryMb } = conversionTask;
  const price: Price = { usd: conversionUsd(3600) - conversionUsd(0), unit: "task-hour", source: "memory" };
  const note = `${cpuUnits / 1024} processors, ${memoryMb / 1024} GB, ${conversionSeconds} s and the start`;
  return line("Fargate: conversion", price, (conversionSeconds + taskStartSeconds) / 3600, note);
}

interface ProcessingItem {
  readonly environment: Readonly<Record<string, string>>;
  readonly cluster: { readonly InstanceType: string; readonly InstanceCount: number };
}

// biome-ignore lint/suspicious/noExplicitAny: arguments of a task, from JSON.
function processingLine(args: any, item: ProcessingItem | undefined, { fps }: VideoHourOptions): HourLine {
  const { environment, cluster } = item ?? { environment: args.Environment, cluster: args.ProcessingResources.ClusterConfig };
  const { InstanceType, InstanceCount } = cluster as ProcessingItem["cluster"];
  const rate = item !== undefined && fps !== undefined ? fps : Number(environment.SAMPLE_RATE);
  const seconds = analysisSeconds(InstanceType, rate);
  const job = jobLine(
    `SageMaker job: ${environment.ANALYSER}`,
    InstanceType,
    seconds,
    `${InstanceType}, ${rate} frames a second, ${Math.round(seconds)} s and the start`,
  );
  return InstanceCount === 1 ? job : line(job.what, job.price, job.quantity * InstanceCount, `${InstanceCount} x ${job.note}`);
}

function functionLine(functionArn: string, resources: readonly DeployedResource[]): HourLine {
  const lambda = resources.find(({ type, outputs }) => {
    const arn = outputs["arn"];
    return type === "aws:lambda/function:Function" && typeof arn === "string" && (functionArn === arn || functionArn.startsWith(`${arn}:`));
  });
  if (lambda === undefined) throw new Error(`calls ${functionArn}, which is no function of this stack.`);
  const gb = Number(lambda.inputs["memorySize"] ?? 128) / 1024;
  return line("functions", prices.functionGbSecond, gb * videoHour.functionSeconds, lambda.name);
}

/** One line for all functions: each is a fraction of a cent. */
function functionsTogether(lines: readonly HourLine[]): HourLine[] {
  const functions = lines.filter(({ what }) => what === "functions");
  if (functions.length === 0) return [...lines];
  const quantity = functions.reduce((sum, { quantity }) => sum + quantity, 0);
  const note = `${functions.length} calls of ${videoHour.functionSeconds} s`;
  return [...lines.filter(({ what }) => what !== "functions"), line("functions", prices.functionGbSecond, quantity, note)];
}

function transitionLine(path: readonly Visit[]): HourLine {
  const waits = path.filter(({ state, looped }) => looped && state.Type === "Wait").map(({ state }) => Number(state.Seconds));
  const turns = waits.length === 0 ? 0 : Math.ceil((videoHour.minutes * 60 * videoHour.rekognitionShare) / Math.min(...waits));
  const once = path.filter(({ looped }) => !looped).length;
  const looped = path.length - once;
  return line(
    "Step Functions",
    prices.transition,
    once + looped * Math.max(1, turns),
    looped === 0 ? `${once} states` : `${once} states, and ${looped} in ${turns} looks at a job`,
  );
}

/** Buckets that the stack's outputs name. */
function buckets(outputs: Deployment["outputs"]): { raw: string; processed: string } {
  const named = (output: string): string => {
    if (typeof outputs[output] !== "string") throw new CommandError(`The stack has no output "${output}", so it is not known where a video lies.`);
    return outputs[output];
  };
  return { raw: named("rawBucket"), processed: named("processedBucket") };
}

function requestLines(resources: readonly DeployedResource[], outputs: Deployment["outputs"]): HourLine[] {
  const { raw } = buckets(outputs);
  const scanned = resources.some(
    ({ type, inputs }) =>
      type === "aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan" &&
      (inputs["protectedResource"] as { s3Bucket?: { bucketName?: string } } | undefined)?.s3Bucket?.bucketName === raw,
  );
  const { putRequests, getRequests, gb } = videoHour;
  return [
    line("S3 writes", prices.putRequests, putRequests / 1e6, `${putRequests} requests`),
    line("S3 reads", prices.getRequests, getRequests / 1e6, `${getRequests} requests`),
    ...(scanned ? [line("GuardDuty: malware scan", prices.malwareScan, gb.source, `${gb.source} GB, the source`)] : []),
  ];
}

function storageLines(resources: readonly DeployedResource[], outputs: Deployment["outputs"]): HourLine[] {
  const { raw, processed } = buckets(outputs);
  const { gb } = videoHour;
  const [caseId, runId] = ["case", "run"];
  const kept: [what: string, bucket: string, key: string, gb: number][] = [
    ["source", raw, sourceKey(caseId, runId), gb.source],
    ["analysis rendition", processed, analysisRenditionPrefix(caseId, runId), gb.analysisRendition],
    ["review rendition", processed, reviewRenditionKey(caseId, runId), gb.reviewRendition],
    ["results of analysers", processed, resultsPrefix(caseId, runId), gb.results],
    ["timeline", processed, metadataPrefix(caseId, runId), gb.results],
  ];
  return kept.flatMap(([what, bucket, key, size]) => {
    const stays = firstYear(bucket, key, resources);
    const year: Price = { usd: usdPerGb(stays), unit: "GB-year", source: "memory" };
    const replicated = resources.some(({ type, inputs }) => type === "aws:s3/bucketReplicationConfig:BucketReplicationConfig" && inputs["bucket"] === bucket);
    const copies = backupCopies(bucket, resources);
    return [
      line(what, year, size, describeStays(stays)),
      ...(replicated
        ? [line(`${what}: copy in another Region`, { ...year, usd: year.usd + prices.regionTransfer.usd }, size, "transfer, and the same classes")]
        : []),
      ...(copies > 0 ? [line(`${what}: backup`, prices.backupStorage, size * 12 * copies, `${copies} ${copies === 1 ? "copy" : "copies"}, 12 months`)] : []),
    ];
  });
}

const describeStays = (stays: readonly Stay[]): string => stays.map(({ storageClass, days }) => `${storageClass} ${days} d`).join(", ") || "not kept";
