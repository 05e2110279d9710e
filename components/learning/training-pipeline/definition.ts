import * as pulumi from "@pulumi/pulumi";
import { datasetsPrefix, modelsPrefix } from "../../../contracts/keys.ts";
import type { Model } from "../../../contracts/model.ts";
import { learningPrefixes } from "../prefixes.ts";
import { type QualityBar, qualityBar } from "./quality-bars.ts";
import {
  concat,
  conditionStep,
  executionId,
  failStep,
  fromFile,
  type JobPlace,
  type Parameter,
  parameter,
  processingRoot,
  processingStep,
  property,
  registerStep,
  type TrainingArgs,
  type TuningArgs,
  trainingStep,
  tuningStep,
} from "./steps.ts";

/** A search over learning rates and the like before the evaluation; each trial is a training job of its own. */
export type Search = Pick<TuningArgs, "objective" | "jobs" | "parallelJobs" | "ranges">;

export interface TrainingPipelineDefinitionArgs {
  readonly model: Model;
  readonly job: JobPlace;
  readonly datasetsBucket: pulumi.Input<string>;
  readonly modelsBucket: pulumi.Input<string>;
  /** Model package group of the network. */
  readonly group: pulumi.Input<string>;
  /** Image that answers with the network, by digest: the registry names it for every version. */
  readonly servingImage: pulumi.Input<string>;
  readonly trainingInstanceType: string;
  readonly processingInstanceType: string;
  /** Instead of one training. */
  readonly search?: Search;
  /** Makes the network smaller in precision, and goes on with that where it wins (models/training/quantise.py). */
  readonly precision?: "fp16" | "int8";
}

/** What whoever starts an execution says. Names are a contract: the retraining machine uses them. */
export const parameters: readonly Parameter[] = [
  { Name: "Dataset", Type: "String" },
  /** Without a `v`. */
  { Name: "DatasetVersion", Type: "String" },
  /** A short code, such as `drift`. */
  { Name: "Reason", Type: "String", DefaultValue: "manual" },
  /** Time of training, all interruptions together. */
  { Name: "Minutes", Type: "String", DefaultValue: "30" },
  /** Of training, instead of a time; 0 for the minutes. */
  { Name: "Steps", Type: "String", DefaultValue: "0" },
];

const hour = 3600;
const diskGb = 100;

/**
 * The pipeline of one network: a sealed dataset version is checked, a candidate trained, measured beside the network in use on the same frames, and
 * registered as a version that waits for a person if it is above the bar and not worse. What it was refused for is in `quality/gate.json`.
 */
export function trainingPipelineDefinition(args: TrainingPipelineDefinitionArgs) {
  const { model, job } = args;
  const dataset = concat(pulumi.interpolate`s3://${args.datasetsBucket}/${datasetsPrefix}`, parameter("Dataset"), "/v", parameter("DatasetVersion"), "/");
  const own: Own = (path) => concat(pulumi.interpolate`s3://${args.modelsBucket}/${learningPrefixes.training}${model.id}/`, executionId, `/${path}`);
  const incumbent = pulumi.interpolate`s3://${args.modelsBucket}/${modelsPrefix}${model.id}/`;
  const processing = { job, instanceType: args.processingInstanceType, volumeGb: diskGb, timeoutSeconds: 2 * hour };
  const folder = (name: string): string => `${processingRoot}/${name}`;

  const check = processingStep({
    ...processing,
    Name: "CheckDataset",
    script: "check_dataset.py",
    arguments: ["--data", folder("dataset"), "--model", folder("incumbent"), "--output", folder("output/facts")],
    inputs: { dataset, incumbent },
    outputs: { facts: own("facts") },
  });
  const training: TrainingArgs = {
    job,
    instanceType: args.trainingInstanceType,
    volumeGb: diskGb,
    ...{ timeoutSeconds: 12 * hour, waitSeconds: 24 * hour },
    hyperParameters: {
      ...{ sagemaker_program: `train_${model.id.replaceAll("-", "_")}.py`, layout: "version" },
      ...{ minutes: parameter("Minutes"), steps: parameter("Steps") },
    },
    channels: { training: dataset },
    output: own("trained"),
    checkpoints: own("checkpoints"),
    metrics: metricPatterns(model),
  };
  const trained = args.search
    ? tuningStep({ ...training, ...args.search, Name: "Tune", DependsOn: ["CheckDataset"] })
    : trainingStep({ ...training, Name: "Train", DependsOn: ["CheckDataset"] });
  const candidate = args.search
    ? concat(own("trained/"), property("Tune", "BestTrainingJob.TrainingJobName"), "/output/model/")
    : property("Train", "ModelArtifacts.S3ModelArtifacts");
  const quantised =
    args.precision &&
    processingStep({
      ...processing,
      Name: "Quantise",
      DependsOn: [trained.Name],
      script: "quantise.py",
      arguments: [
        ...["--model", folder("model"), "--data", folder("dataset"), "--layout", "version"],
        ...["--precision", args.precision, "--output", folder("output/quantised"), "--or-same"],
      ],
      inputs: { model: candidate, dataset },
      outputs: { quantised: own("quantised") },
    });
  const evaluate = processingStep({
    ...processing,
    Name: "Evaluate",
    DependsOn: [quantised?.Name ?? trained.Name],
    script: "judge.py",
    arguments: [
      ...["--model", folder("model"), "--incumbent", folder("incumbent"), "--data", folder("dataset")],
      ...["--layout", "version", "--output", folder("output")],
    ],
    inputs: { model: quantised ? own("quantised") : candidate, incumbent, dataset },
    outputs: { candidate: own("candidate"), quality: own("quality") },
    propertyFiles: { Gate: { output: "quality", path: "gate.json" } },
  });
  return {
    Version: "2020-12-01",
    Metadata: {},
    Parameters: parameters,
    Steps: [check, trained, ...(quantised ? [quantised] : []), evaluate, gate(args, qualityBar(model), own)],
  };
}

/** Where an execution writes: a folder of its own. */
type Own = (path: string) => ReturnType<typeof concat>;

/** All must hold: above the bar, not worse than the network in use, and nothing else against it. */
function gate({ model, group, servingImage }: TrainingPipelineDefinitionArgs, { metric, least }: QualityBar, own: Own) {
  const told = (path: string) => fromFile("Evaluate", "Gate", path);
  const register = registerStep({
    Name: "Register",
    group,
    servingImage,
    description: concat(`${model.name}, learned from `, parameter("Dataset"), " ", parameter("DatasetVersion"), " (", parameter("Reason"), ")"),
    folder: own("candidate/"),
    quality: own("quality/quality.json"),
    facts: {
      ...{ version: told("version"), sha256: told("sha256"), dataset: parameter("Dataset"), datasetVersion: parameter("DatasetVersion") },
      ...{ reason: parameter("Reason"), execution: executionId, headline: metric },
    },
  });
  const refuse = failStep({
    Name: "Refuse",
    message: concat(
      `The candidate must reach ${metric} ${least}, be no worse than the network in use and have nothing else against it: see `,
      own("quality/gate.json"),
    ),
  });
  return conditionStep({
    Name: "Gate",
    DependsOn: ["Evaluate"],
    conditions: [
      { Type: "GreaterThanOrEqualTo", LeftValue: told("score"), RightValue: least },
      { Type: "GreaterThanOrEqualTo", LeftValue: told("gain"), RightValue: 0 },
      { Type: "LessThanOrEqualTo", LeftValue: told("faults"), RightValue: 0 },
    ],
    ifSteps: [register],
    elseSteps: [refuse],
  });
}

/** What the training scripts print (`METRIC_PATTERN` of models/training/command.py), by the name it has there. */
function metricPatterns({ task }: Model): Readonly<Record<string, string>> {
  const headline = { "frame-classification": "accuracy", "object-detection": "mean_ap50", segmentation: "mean_dice" }[task];
  return Object.fromEntries(["loss", headline].map((name) => [name, `^metric ${name}=([0-9.eE+-]+)$`]));
}
