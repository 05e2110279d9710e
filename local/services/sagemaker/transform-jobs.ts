import { join } from "node:path";
import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import { type Job, type Jobs, openJobs } from "../jobs/jobs.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { authorizePull, type Image } from "./container.ts";
import { nameIsTaken } from "./job-names.ts";
import type { Registry } from "./registry.ts";
import type { Model } from "./serving-records.ts";
import type { Tags } from "./tags.ts";
import { checkTransformJob } from "./transform-check.ts";
import { runTransform } from "./transform-work.ts";

const principal = "sagemaker.amazonaws.com";

type TransformJob = Job<sdk.CreateTransformJobRequest, Record<string, never>>;

export interface TransformJobs {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly jobs: Jobs<sdk.CreateTransformJobRequest, Record<string, never>>;
}

const statuses = { QUEUED: "InProgress", RUNNING: "InProgress", STOPPING: "Stopping", STOPPED: "Stopped", SUCCEEDED: "Completed", FAILED: "Failed" } as const;

/** The operations on batch transform jobs: a model's container, started for one job, is sent the objects of a manifest. */
export function createTransformJobs(options: JobServiceOptions, registry: Registry, tags: Tags): TransformJobs {
  const { authorizer } = options;
  const arn = (name: string | undefined): string => `arn:aws:sagemaker:${options.region}:${options.account}:transform-job/${name}`;
  const modelOf = (name: string | undefined): Model => {
    const model = registry.get<Model>("model", name ?? "");
    if (!model) throw new ServiceError("ValidationException", `Could not find model "${name}".`);
    return model;
  };

  const jobs = openJobs<sdk.CreateTransformJobRequest, Record<string, never>>({
    ...options,
    service: "sagemaker",
    folder: join(options.folder, "transform"),
    nameOf: (job) => job.id,
    async run({ id, request }, context) {
      const model = modelOf(request.ModelName);
      const role = authorizer.assume(principal, model.roleArn);
      const image = registry.get<Image>("image", model.image);
      if (!image) throw new Error(`ClientError: The image ${model.image} does not exist.`);
      authorizePull(authorizer, role, model.image);
      const environment = { ...model.environment, ...request.Environment };
      return runTransform(request, { image, role, environment, modelDataPrefix: model.modelDataPrefix }, id, { ...options, ...context });
    },
  });

  const jobOf = (name: string | undefined): TransformJob => {
    const job = jobs.get(name ?? "");
    if (!job) throw new ServiceError("ValidationException", `Could not find requested job with name: ${name}`);
    return job;
  };

  /** Condition keys that IAM policies may ask about a request. (Service authorization reference, "Amazon SageMaker") */
  function conditionKeys(input: sdk.CreateTransformJobRequest, model: Model): Record<string, string | string[]> {
    const keys: Record<string, string | string[] | undefined> = {
      "sagemaker:InstanceTypes": input.TransformResources?.InstanceType,
      "sagemaker:ModelArn": model.arn,
      "sagemaker:OutputKmsKeyArn": input.TransformOutput?.KmsKeyId,
      "sagemaker:VolumeKmsKeyArn": input.TransformResources?.VolumeKmsKeyId,
      "aws:TagKeys": input.Tags?.map((tag) => tag.Key as string),
    };
    for (const tag of input.Tags ?? []) keys[`aws:RequestTag/${tag.Key}`] = tag.Value;
    return Object.fromEntries(Object.entries(keys).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined));
  }

  async function create(input: sdk.CreateTransformJobRequest, call: Call): Promise<sdk.CreateTransformJobResponse> {
    const name = input.TransformJobName as string;
    const model = modelOf(input.ModelName);
    call.authorize("sagemaker:CreateTransformJob", arn(name), conditionKeys(input, model));
    tags.authorizeGiven(call, arn(name), input.Tags);
    checkTransformJob(input);
    if (jobs.get(name)) throw nameIsTaken(arn(name));
    tags.add(arn(name), input.Tags ?? []);
    jobs.submit(name, input);
    return { TransformJobArn: arn(name) };
  }

  async function describe(input: sdk.DescribeTransformJobRequest, call: Call): Promise<sdk.DescribeTransformJobResponse> {
    call.authorize("sagemaker:DescribeTransformJob", arn(input.TransformJobName));
    const job = jobOf(input.TransformJobName);
    const { Tags: _, ...request } = job.request;
    return {
      ...request,
      TransformJobName: job.id,
      TransformJobArn: arn(job.id),
      ModelName: request.ModelName,
      TransformInput: request.TransformInput,
      TransformResources: request.TransformResources,
      TransformJobStatus: statuses[job.state],
      CreationTime: new Date(job.createdAt),
      ...(job.startedAt === undefined ? {} : { TransformStartTime: new Date(job.startedAt) }),
      ...(job.endedAt === undefined ? {} : { TransformEndTime: new Date(job.endedAt) }),
      ...(job.failure ? { FailureReason: job.failure.message } : {}),
    };
  }

  async function stop(input: sdk.StopTransformJobRequest, call: Call): Promise<object> {
    call.authorize("sagemaker:StopTransformJob", arn(input.TransformJobName));
    const job = jobOf(input.TransformJobName);
    if (job.endedAt !== undefined) {
      throw new ServiceError("ValidationException", `The request was rejected because the transform job is in status ${statuses[job.state]}.`);
    }
    jobs.stop(job.id);
    return {};
  }

  return { jobs, operations: { CreateTransformJob: create, DescribeTransformJob: describe, StopTransformJob: stop } };
}
