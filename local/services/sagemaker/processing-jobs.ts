import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import { type Job, type Jobs, openJobs } from "../jobs/jobs.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import { authorizePull, type Image } from "./container.ts";
import { nameIsTaken } from "./job-names.ts";
import { type ProcessingResult, runProcessing } from "./processing-work.ts";
import type { Registry } from "./registry.ts";
import { checkProcessingJob } from "./request-check.ts";
import type { Tags } from "./tags.ts";

const principal = "sagemaker.amazonaws.com";

type ProcessingJob = Job<sdk.CreateProcessingJobRequest, ProcessingResult>;

export interface ProcessingJobs {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly jobs: Jobs<sdk.CreateProcessingJobRequest, ProcessingResult>;
}

const statuses = { QUEUED: "InProgress", RUNNING: "InProgress", STOPPING: "Stopping", STOPPED: "Stopped", SUCCEEDED: "Completed", FAILED: "Failed" } as const;

/** Condition keys that IAM policies may ask about a request. (Service authorization reference, "Amazon SageMaker") */
function conditionKeys(input: sdk.CreateProcessingJobRequest): Record<string, string | string[]> {
  const cluster = input.ProcessingResources?.ClusterConfig;
  const network = input.NetworkConfig;
  // Every type that the job may come to run on.
  const types = (cluster?.InstancePreferences ?? [{ InstanceType: cluster?.InstanceType }]).flatMap(({ InstanceType }) => InstanceType ?? []);
  const keys: Record<string, string | string[] | undefined> = {
    "sagemaker:InstanceTypes": types.length > 0 ? types : undefined,
    "sagemaker:MaxRuntimeInSeconds": input.StoppingCondition?.MaxRuntimeInSeconds?.toString(),
    "sagemaker:NetworkIsolation": String(network?.EnableNetworkIsolation ?? false),
    "sagemaker:InterContainerTrafficEncryption": String(network?.EnableInterContainerTrafficEncryption ?? false),
    "sagemaker:OutputKmsKeyArn": input.ProcessingOutputConfig?.KmsKeyId,
    "sagemaker:VolumeKmsKeyArn": cluster?.VolumeKmsKeyId,
    "sagemaker:VpcSecurityGroupIds": network?.VpcConfig?.SecurityGroupIds,
    "sagemaker:VpcSubnets": network?.VpcConfig?.Subnets,
    "aws:TagKeys": input.Tags?.map((tag) => tag.Key as string),
  };
  for (const tag of input.Tags ?? []) keys[`aws:RequestTag/${tag.Key}`] = tag.Value;
  return Object.fromEntries(Object.entries(keys).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined));
}

/** The operations on processing jobs. */
export function createProcessingJobs(options: JobServiceOptions, registry: Registry, tags: Tags): ProcessingJobs {
  const { store, authorizer, tools } = options;
  const arn = (name: string): string => `arn:aws:sagemaker:${options.region}:${options.account}:processing-job/${name}`;
  const logs = join(options.folder, "logs");
  mkdirSync(logs, { recursive: true });

  const jobs = openJobs<sdk.CreateProcessingJobRequest, ProcessingResult>({
    service: "sagemaker",
    ...options,
    nameOf: (job) => job.id,
    async run(job, context) {
      const { request } = job;
      const role = authorizer.assume(principal, request.RoleArn as string);
      const uri = request.AppSpecification?.ImageUri as string;
      const image = registry.get<Image>("image", uri);
      if (!image) throw new Error(`ClientError: The image ${uri} does not exist.`);
      authorizePull(authorizer, role, uri);
      const midway = options.faults.take("sagemaker-midway", job.id);
      return runProcessing(request, image, { ...context, store, role, tools, midway, logFile: join(logs, `${job.id}.log`) });
    },
  });

  const jobOf = (name: string | undefined): ProcessingJob => {
    const job = jobs.get(name ?? "");
    if (!job) throw new ServiceError("ValidationException", `Could not find requested job with name: ${name}`);
    return job;
  };

  async function create(input: sdk.CreateProcessingJobRequest, call: Call): Promise<sdk.CreateProcessingJobResponse> {
    const name = input.ProcessingJobName as string;
    call.authorize("sagemaker:CreateProcessingJob", arn(name), conditionKeys(input));
    tags.authorizeGiven(call, arn(name), input.Tags);
    checkProcessingJob(input);
    call.authorize("iam:PassRole", input.RoleArn as string, { "iam:PassedToService": principal });
    const uri = input.AppSpecification?.ImageUri as string;
    if (!registry.get("image", uri)) throw new ServiceError("ValidationException", `Requested image ${uri} not found.`);
    if (jobs.get(name)) throw nameIsTaken(arn(name));
    tags.add(arn(name), input.Tags ?? []);
    jobs.submit(name, input);
    return { ProcessingJobArn: arn(name) };
  }

  const times = (job: ProcessingJob): Pick<sdk.ProcessingJobSummary, "CreationTime" | "ProcessingEndTime" | "LastModifiedTime"> => ({
    CreationTime: new Date(job.createdAt),
    LastModifiedTime: new Date(job.endedAt ?? job.startedAt ?? job.createdAt),
    ...(job.endedAt === undefined ? {} : { ProcessingEndTime: new Date(job.endedAt) }),
  });
  const outcome = (job: ProcessingJob): Pick<sdk.ProcessingJobSummary, "FailureReason" | "ExitMessage"> => {
    const exitMessage = job.result?.exitMessage ?? job.failure?.exitMessage;
    return { ...(job.failure ? { FailureReason: job.failure.message } : {}), ...(exitMessage === undefined ? {} : { ExitMessage: exitMessage }) };
  };

  async function describe(input: sdk.DescribeProcessingJobRequest, call: Call): Promise<sdk.DescribeProcessingJobResponse> {
    call.authorize("sagemaker:DescribeProcessingJob", arn(input.ProcessingJobName as string));
    const job = jobOf(input.ProcessingJobName);
    const { Tags: _, ...request } = job.request;
    return {
      ...request,
      ProcessingJobName: job.id,
      ProcessingResources: request.ProcessingResources,
      AppSpecification: request.AppSpecification,
      ProcessingJobArn: arn(job.id),
      ProcessingJobStatus: statuses[job.state],
      ...(job.startedAt === undefined ? {} : { ProcessingStartTime: new Date(job.startedAt) }),
      ...times(job),
      CreationTime: new Date(job.createdAt),
      ...outcome(job),
    };
  }

  async function stop(input: sdk.StopProcessingJobRequest, call: Call): Promise<object> {
    call.authorize("sagemaker:StopProcessingJob", arn(input.ProcessingJobName as string));
    const job = jobOf(input.ProcessingJobName);
    if (job.endedAt !== undefined) {
      throw new ServiceError("ValidationException", `The request was rejected because the processing job is in status ${statuses[job.state]}.`);
    }
    jobs.stop(job.id);
    return {};
  }

  async function list(input: sdk.ListProcessingJobsRequest, call: Call): Promise<sdk.ListProcessingJobsResponse> {
    call.authorize("sagemaker:ListProcessingJobs", "*");
    assertImplemented("ListProcessingJobs", input, ["NameContains", "StatusEquals", "SortBy", "SortOrder", "MaxResults", "NextToken"]);
    const found = jobs
      .list()
      .map(
        (job): sdk.ProcessingJobSummary => ({
          ProcessingJobName: job.id,
          ProcessingJobArn: arn(job.id),
          ProcessingJobStatus: statuses[job.state],
          ...times(job),
          ...outcome(job),
          CreationTime: new Date(job.createdAt),
        }),
      )
      .filter(
        (job) =>
          (input.StatusEquals === undefined || job.ProcessingJobStatus === input.StatusEquals) &&
          (job.ProcessingJobName ?? "").includes(input.NameContains ?? ""),
      );
    if (input.SortBy === "Name") found.sort((a, b) => ((a.ProcessingJobName ?? "") < (b.ProcessingJobName ?? "") ? -1 : 1));
    if (input.SortBy === "Status") found.sort((a, b) => ((a.ProcessingJobStatus ?? "") < (b.ProcessingJobStatus ?? "") ? -1 : 1));
    // (API reference, ListProcessingJobs: "The default is Ascending")
    if (input.SortOrder === "Descending") found.reverse();
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxResults ?? 10);
    return { ProcessingJobSummaries: found.slice(start, end), ...(end < found.length ? { NextToken: String(end) } : {}) };
  }

  return { jobs, operations: { CreateProcessingJob: create, DescribeProcessingJob: describe, StopProcessingJob: stop, ListProcessingJobs: list } };
}
