import type * as pulumi from "@pulumi/pulumi";
import type { Analyser } from "../../contracts/model.ts";
import { containerName, type RunTaskArguments } from "../compute/fargate-task.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import {
  type Catcher,
  caseId,
  expression,
  retryBusy,
  retryJobOnce,
  retryTable,
  retryWhenFull,
  runId,
  type TaskState,
  type Transition,
  type Value,
  type Values,
} from "./asl.ts";
import { cluster } from "./instance-types.ts";

/** The tasks that several states share: transcoding jobs, processing jobs, changes of a case. */

/**
 * A key of the data lake as a JSONata expression: builds it with the functions of `contracts/keys.ts` around the
 * execution's own identifiers, and those of an analyser and its network, so that the layout is written down once.
 */
export function located(
  build: (caseId: string, runId: string, analyser: string, model: string) => string,
  { analyser = "''", model = "''" }: { readonly analyser?: string; readonly model?: string } = {},
): string {
  const parts: Readonly<Record<string, string>> = { "{case}": caseId, "{run}": runId, "{analyser}": analyser, "{model}": model };
  return build("{case}", "{run}", "{analyser}", "{model}")
    .split(/(\{\w+\})/)
    .filter((part) => part !== "")
    .map((part) => parts[part] ?? `'${part}'`)
    .join(" & ");
}

const retryCount = "$states.context.State.RetryCount";
export const retries = `$string(${retryCount})`;
export const redrives = "$string($states.context.Execution.RedriveCount)";

/** What transcoding jobs run as and where they queue. */
export interface TranscodingArgs {
  readonly roleArn: pulumi.Input<string>;
  readonly queueArn: pulumi.Input<string>;
}

/** A MediaConvert job. `settings` and `durationSeconds` are JSONata; `purpose` tells the jobs of one run apart. */
export function transcode(
  args: TranscodingArgs,
  job: { purpose: "normalise" | "review"; settings: string; durationSeconds: string },
  rest: { readonly Assign?: Values; readonly Output?: Value; readonly Catch: readonly Catcher[] } & Transition,
): TaskState {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::mediaconvert:createJob.sync",
    Arguments: {
      Role: args.roleArn,
      Queue: args.queueArn,
      Settings: expression(job.settings),
      // Names this very attempt: MediaConvert drops a second request with the same token for one minute.
      ClientRequestToken: expression(`${runId} & '-${job.purpose}-' & ${retries} & '-' & ${redrives}`),
    },
    TimeoutSeconds: expression(`$max([3600, 3 * $ceil(${job.durationSeconds})])`),
    Retry: [retryBusy("MediaConvert.TooManyRequestsException", "MediaConvert.InternalServerErrorException"), retryJobOnce(60)],
    ...rest,
  };
}

/** Where processing jobs run: one image, one role, the lake. */
export interface ProcessingArgs {
  readonly imageUri: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
  readonly modelsBucket: string;
  readonly processedBucket: string;
  readonly network: ComputeNetwork;
  /** Whether thumbnails are drawn in a larger size as well, for language models. @default false */
  readonly stills?: boolean;
  /** Encrypts what jobs write, and their volumes where the instance has no encrypted disks of its own. */
  readonly keyArn: pulumi.Input<string>;
}

const root = "/opt/ml/processing";
const folders = { video: `${root}/input/video`, metadata: `${root}/input/metadata`, models: `${root}/input/models`, output: `${root}/output` };

/** An analyser as data of the definition: what differs from one processing job to the next. */
export function processingJob(analyser: Analyser, args: ProcessingArgs): { id: string; environment: Values; cluster: Values; timeoutSeconds: number } {
  return {
    id: analyser.id,
    environment: {
      ANALYSER: analyser.id,
      MODELS: analyser.models.join(","),
      SAMPLE_RATE: String(analyser.sampleRate),
      SIGNALS: String(analyser.signals),
      ...(analyser.signals && args.stills && { STILLS: "true" }),
      INPUT_DIR: folders.video,
      METADATA_DIR: folders.metadata,
      MODELS_DIR: folders.models,
      OUTPUT_DIR: folders.output,
    },
    cluster: cluster([analyser.instanceType, ...(analyser.fallbackInstanceTypes ?? [])], args.keyArn),
    timeoutSeconds: analyser.timeoutSeconds,
  };
}

/**
 * Waits for an instance to be free, where SageMaker ended a job because AWS has none (`FailureReason` "CapacityError: Unable to provision
 * ..."; from memory): three minutes each, three hours at least, beside the time that SageMaker itself tries. A quota is another
 * thing; see `retryWhenFull`.
 */
export const capacity = { mostWaits: 60, waitSeconds: 180 } as const;

/** Whether a job failed of capacity and may be waited for once more. `message` and `waits` are JSONata. */
export const isCapacityShort = (message: string, waits: string): string =>
  expression(`$contains(${message}, 'CapacityError') and ${waits} < ${capacity.mostWaits}`);

/** Seconds that starting an instance, fetching the image and copying the video may take beside the run itself. */
export const jobStartSeconds = 1800;

/** Milliseconds of a time in the description of a job: a number or a text, as Step Functions passes it on. */
const millis = (time: string) => `($type(${time}) = 'number' ? ${time} : $toMillis(${time}))`;
/** Seconds that a described job ran, `unknown` if it never began or its end is not told. */
export const secondsOf = (kind: "Transform" | "Processing", job: string, unknown: "0" | "null") =>
  `($exists(${job}.${kind}StartTime) and $exists(${job}.${kind}EndTime) ? (${millis(`${job}.${kind}EndTime`)} - ${millis(`${job}.${kind}StartTime`)}) / 1000 : ${unknown})`;

/** The same of the job whose failure was caught: the cause is what describes it. */
export const failedSeconds = (kind: "Transform" | "Processing", unknown: "0" | "null") =>
  `($told := $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : ''; $job := $substring($told, 0, 1) = '{' and $substring($told, -1) = '}' ? $parse($told) : {}; ${secondsOf(kind, "$job", unknown)})`;

/**
 * A SageMaker Processing job that runs the serving container once over a video. `job` holds a {@link processingJob}:
 * the data themselves, or expressions that yield them; `id`, `outputUri` and `visits` are JSONata. `visits` counts how often a loop
 * came here before, so that every attempt has a name of its own; at most {@link capacity}'s.
 */
export function processFrames(
  args: ProcessingArgs,
  job: { id: string; environment: Value; cluster: Value; timeoutSeconds: number | string; outputUri: string; visits?: string },
  uris: { video: string; metadata: string },
  rest: { readonly Assign?: Values; readonly Output?: Value; readonly Catch: readonly Catcher[] } & Transition,
): TaskState {
  const input = (InputName: "video" | "metadata" | "models", S3Uri: string) => ({
    InputName,
    S3Input: { S3Uri, LocalPath: folders[InputName], S3DataType: "S3Prefix", S3InputMode: "File" },
  });
  const { timeoutSeconds } = job;
  const attempt = job.visits === undefined ? retries : `$string(100 * ${job.visits} + ${retryCount})`;
  const seconds = (more: number) => (typeof timeoutSeconds === "number" ? timeoutSeconds + more : expression(`${timeoutSeconds} + ${more}`));
  return {
    Type: "Task",
    Resource: "arn:aws:states:::sagemaker:createProcessingJob.sync",
    Arguments: {
      // Unique for each attempt, at most 63 characters: 4 + 17 + 1 + 31 + 1 + 4 + 1 + 4.
      ProcessingJobName: expression(`'svp-' & $substring(${runId}, 0, 17) & '-' & ${job.id} & '-' & ${attempt} & '-' & ${redrives}`),
      RoleArn: args.roleArn,
      AppSpecification: { ImageUri: args.imageUri, ContainerEntrypoint: ["node", "models/serving/main.ts", "process"] },
      Environment: job.environment,
      NetworkConfig: {
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: args.network.subnetIds, SecurityGroupIds: [args.network.securityGroupId] },
      },
      ProcessingInputs: [
        input("video", expression(uris.video)),
        input("metadata", expression(uris.metadata)),
        input("models", `s3://${args.modelsBucket}/models/`),
      ],
      ProcessingOutputConfig: {
        KmsKeyId: args.keyArn,
        Outputs: [{ OutputName: "results", S3Output: { S3Uri: expression(job.outputUri), LocalPath: folders.output, S3UploadMode: "EndOfJob" } }],
      },
      ProcessingResources: { ClusterConfig: job.cluster },
      StoppingCondition: { MaxRuntimeInSeconds: seconds(0) },
    },
    TimeoutSeconds: seconds(jobStartSeconds),
    Retry: [retryWhenFull("SageMaker.ResourceLimitExceededException"), retryBusy("SageMaker.ThrottlingException"), retryJobOnce(60)],
    ...rest,
  };
}

/** A task of ECS, which runs its container once. `environment` is added to what the container has; `timeoutSeconds` is JSONata. */
export function runContainer(
  task: RunTaskArguments,
  { environment, timeoutSeconds }: { environment: Readonly<Record<string, Value>>; timeoutSeconds: string },
  rest: { readonly Assign?: Values; readonly Output?: Value; readonly Catch: readonly Catcher[] } & Transition,
): TaskState {
  const variables = Object.entries(environment).map(([Name, Value]) => ({ Name, Value }));
  return {
    Type: "Task",
    Resource: "arn:aws:states:::ecs:runTask.sync",
    Arguments: { ...task, Overrides: { ContainerOverrides: [{ Name: containerName, Environment: variables }] } } as unknown as Values,
    TimeoutSeconds: expression(timeoutSeconds),
    // Errors that the API's model lacks, and tasks that find no place, come as the first one (from memory).
    Retry: [
      retryWhenFull("ECS.AmazonECSException", "ECS.LimitExceededException"),
      retryBusy("ECS.ServerException", "ECS.ThrottlingException"),
      retryJobOnce(60),
    ],
    ...rest,
  };
}

/** A change of the case's summary item. */
export function updateCase(
  tableName: pulumi.Input<string>,
  update: { set: string; condition: string; names?: Values; values: Values },
  rest: { readonly Output?: Value; readonly Catch: readonly Catcher[] } & Transition,
): TaskState {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: {
      TableName: tableName,
      Key: { caseId: { S: expression(caseId) }, item: { S: "SUMMARY" } },
      UpdateExpression: `SET ${update.set}`,
      ConditionExpression: update.condition,
      ExpressionAttributeNames: { "#status": "status", ...update.names },
      ExpressionAttributeValues: { ":run": { S: expression(runId) }, ":now": { S: expression("$states.context.State.EnteredTime") }, ...update.values },
    },
    TimeoutSeconds: 60,
    Retry: [retryTable],
    ...rest,
  };
}
