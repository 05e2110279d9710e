import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import { type Job, type Jobs, openJobs } from "../jobs/jobs.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import { authorizePull, type Image } from "./container.ts";
import { nameIsTaken } from "./job-names.ts";
import type { Registry } from "./registry.ts";
import type { Tags } from "./tags.ts";
import { checkTrainingJob } from "./training-check.ts";
import { modelUri, runTraining, type TrainingResult } from "./training-work.ts";

const principal = "sagemaker.amazonaws.com";

type TrainingJob = Job<sdk.CreateTrainingJobRequest, TrainingResult>;

export interface TrainingJobs {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly jobs: Jobs<sdk.CreateTrainingJobRequest, TrainingResult>;
}

const statuses = { QUEUED: "InProgress", RUNNING: "InProgress", STOPPING: "Stopping", STOPPED: "Stopped", SUCCEEDED: "Completed", FAILED: "Failed" } as const;
const secondary = { QUEUED: "Pending", RUNNING: "Training", STOPPING: "Stopping", STOPPED: "Stopped", SUCCEEDED: "Completed", FAILED: "Failed" } as const;

/** Condition keys that IAM policies may ask about a request. (Service authorization reference, "Amazon SageMaker", CreateTrainingJob) */
function conditionKeys(input: sdk.CreateTrainingJobRequest): Record<string, string | string[]> {
  const keys: Record<string, string | string[] | undefined> = {
    "sagemaker:InstanceTypes": input.ResourceConfig?.InstanceType && [input.ResourceConfig.InstanceType],
    "sagemaker:MaxRuntimeInSeconds": input.StoppingCondition?.MaxRuntimeInSeconds?.toString(),
    "sagemaker:NetworkIsolation": String(input.EnableNetworkIsolation ?? false),
    "sagemaker:InterContainerTrafficEncryption": String(input.EnableInterContainerTrafficEncryption ?? false),
    "sagemaker:OutputKmsKeyArn": input.OutputDataConfig?.KmsKeyId,
    "sagemaker:VolumeKmsKeyArn": input.ResourceConfig?.VolumeKmsKeyId,
    "sagemaker:VpcSecurityGroupIds": input.VpcConfig?.SecurityGroupIds,
    "sagemaker:VpcSubnets": input.VpcConfig?.Subnets,
    "aws:TagKeys": input.Tags?.map((tag) => tag.Key as string),
  };
  for (const tag of input.Tags ?? []) keys[`aws:RequestTag/${tag.Key}`] = tag.Value;
  return Object.fromEntries(Object.entries(keys).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined));
}

/** The operations on training jobs: the image's own entry runs as a child process, with the Python of this machine. */
export function createTrainingJobs(options: JobServiceOptions, registry: Registry, tags: Tags): TrainingJobs {
  const { store, authorizer, tools } = options;
  const arn = (name: string): string => `arn:aws:sagemaker:${options.region}:${options.account}:training-job/${name}`;
  const folder = join(options.folder, "training");
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true });

  const jobs = openJobs<sdk.CreateTrainingJobRequest, TrainingResult>({
    service: "sagemaker",
    ...options,
    folder,
    nameOf: (job) => job.id,
    async run(job, context) {
      const { request } = job;
      const role = authorizer.assume(principal, request.RoleArn as string);
      const uri = request.AlgorithmSpecification?.TrainingImage as string;
      const image = registry.get<Image>("image", uri);
      if (!image) throw new Error(`ClientError: The image ${uri} does not exist.`);
      authorizePull(authorizer, role, uri);
      return runTraining(request, image, { ...context, store, role, tools, logFile: join(logs, `${job.id}.log`) });
    },
  });

  const jobOf = (name: string | undefined): TrainingJob => {
    const job = jobs.get(name ?? "");
    if (!job) throw new ServiceError("ValidationException", "Requested resource not found.");
    return job;
  };

  async function create(input: sdk.CreateTrainingJobRequest, call: Call): Promise<sdk.CreateTrainingJobResponse> {
    const name = input.TrainingJobName as string;
    call.authorize("sagemaker:CreateTrainingJob", arn(name), conditionKeys(input));
    tags.authorizeGiven(call, arn(name), input.Tags);
    checkTrainingJob(input);
    call.authorize("iam:PassRole", input.RoleArn as string, { "iam:PassedToService": principal });
    const uri = input.AlgorithmSpecification?.TrainingImage as string;
    if (!registry.get("image", uri)) throw new ServiceError("ValidationException", `Requested image ${uri} not found.`);
    if (jobs.get(name)) throw nameIsTaken(arn(name));
    tags.add(arn(name), input.Tags ?? []);
    jobs.submit(name, input);
    return { TrainingJobArn: arn(name) };
  }

  const summary = (job: TrainingJob) => ({
    TrainingJobName: job.id,
    TrainingJobArn: arn(job.id),
    TrainingJobStatus: statuses[job.state],
    CreationTime: new Date(job.createdAt),
    LastModifiedTime: new Date(job.endedAt ?? job.startedAt ?? job.createdAt),
    ...(job.endedAt === undefined ? {} : { TrainingEndTime: new Date(job.endedAt) }),
    SecondaryStatus: secondary[job.state],
  });

  async function describe(input: sdk.DescribeTrainingJobRequest, call: Call): Promise<sdk.DescribeTrainingJobResponse> {
    call.authorize("sagemaker:DescribeTrainingJob", arn(input.TrainingJobName as string));
    const job = jobOf(input.TrainingJobName);
    const { Tags: _, Environment, ...request } = job.request;
    const seconds = job.startedAt === undefined || job.endedAt === undefined ? undefined : Math.ceil((job.endedAt - job.startedAt) / 1000);
    return {
      ...request,
      ...(Environment === undefined ? {} : { Environment }),
      ...summary(job),
      AlgorithmSpecification: request.AlgorithmSpecification,
      ResourceConfig: request.ResourceConfig,
      StoppingCondition: request.StoppingCondition,
      // Told from the start, as SageMaker does; the files are there once the job is Completed.
      ModelArtifacts: { S3ModelArtifacts: modelUri(job.request) },
      ...(job.startedAt === undefined ? {} : { TrainingStartTime: new Date(job.startedAt) }),
      ...(seconds === undefined ? {} : { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds }),
      ...(job.failure === undefined ? {} : { FailureReason: job.failure.message }),
      ...(job.result === undefined
        ? {}
        : { FinalMetricDataList: job.result.metrics.map(({ name, value, at }) => ({ MetricName: name, Value: value, Timestamp: new Date(at) })) }),
    };
  }

  async function stop(input: sdk.StopTrainingJobRequest, call: Call): Promise<object> {
    call.authorize("sagemaker:StopTrainingJob", arn(input.TrainingJobName as string));
    const job = jobOf(input.TrainingJobName);
    if (job.endedAt !== undefined)
      throw new ServiceError("ValidationException", `The request was rejected because the training job is in status ${statuses[job.state]}.`);
    jobs.stop(job.id);
    return {};
  }

  async function list(input: sdk.ListTrainingJobsRequest, call: Call): Promise<sdk.ListTrainingJobsResponse> {
    call.authorize("sagemaker:ListTrainingJobs", "*");
    assertImplemented("ListTrainingJobs", input, ["NameContains", "StatusEquals", "SortOrder", "MaxResults", "NextToken"]);
    const found = jobs
      .list()
      .map(summary)
      .filter(
        (job) => (input.StatusEquals === undefined || job.TrainingJobStatus === input.StatusEquals) && job.TrainingJobName.includes(input.NameContains ?? ""),
      );
    // (API reference, ListTrainingJobs: by CreationTime, "The default is Ascending")
    if (input.SortOrder === "Descending") found.reverse();
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxResults ?? 10);
    return { TrainingJobSummaries: found.slice(start, end), ...(end < found.length ? { NextToken: String(end) } : {}) };
  }

  return { jobs, operations: { CreateTrainingJob: create, DescribeTrainingJob: describe, StopTrainingJob: stop, ListTrainingJobs: list } };
}
