import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { MediaTools } from "../../media/tools.ts";
import { type Caller, ServiceError } from "../../wire/service.ts";
import { lastLines } from "../jobs/child-process.ts";
import { type JobContext, JobError, stopping } from "../jobs/jobs.ts";
import type { ObjectStore } from "../seams.ts";
import { type Image, startContainer } from "./container.ts";
import { download, parseS3Uri, upload } from "./object-folders.ts";

/** A training job without a limit of its own ends after a day. (API reference, StoppingCondition) */
const longestSeconds = 86_400;
/** Longest FailureReason. (API reference, DescribeTrainingJob) */
const longestText = 1024;
/** How long a job that was told to stop may take to leave its checkpoint. (Developer Guide, "How Amazon SageMaker AI Runs Your Training Image": 120 s) */
const graceMilliseconds = 120_000;
/** How often checkpoints that changed are copied. SageMaker copies them as they change. */
const checkpointMilliseconds = 5_000;

export interface TrainingMetric {
  readonly name: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface TrainingResult {
  /** The last value of each metric that the job's log had. */
  readonly metrics: readonly TrainingMetric[];
}

/** Where a job leaves its model as files. (API reference, OutputDataConfig.CompressionType NONE) */
export const modelUri = ({ OutputDataConfig, TrainingJobName }: CreateTrainingJobRequest): string =>
  `${OutputDataConfig?.S3OutputPath?.replace(/\/$/, "")}/${TrainingJobName}/output/model/`;

/**
 * Runs a training image by the contract of training containers: channels and settings in, the model folder out if it ended well, checkpoints
 * out as they change and however it ends. `role` is whose permissions all of it uses.
 * (Developer Guide, "How Amazon SageMaker AI Provides Training Information", "... Processes Training Output", "Use checkpoints")
 */
export async function runTraining(
  input: CreateTrainingJobRequest,
  image: Image,
  options: { store: ObjectStore; role: Caller; tools: MediaTools; logFile: string } & JobContext,
): Promise<TrainingResult> {
  const { store, role, tools, signal } = options;
  const root = join(options.folder, "opt-ml");
  await layInputs(input, root, store, role);
  signal.throwIfAborted();
  const checkpoints = await openCheckpoints(input, root, store, role);

  const seconds = input.StoppingCondition?.MaxRuntimeInSeconds ?? longestSeconds;
  const timeLimit = AbortSignal.timeout(seconds * 1000);
  const kill = new AbortController();
  const log = createWriteStream(options.logFile);
  const metrics = metricReader(input);
  let said: Buffer = Buffer.alloc(0);
  const child = await startContainer(
    image,
    {
      root,
      arguments: ["train"],
      environment: input.Environment ?? {},
      signal: AbortSignal.any([kill.signal, timeLimit]),
      onOutput: (chunk) => {
        log.write(chunk);
        metrics.read(chunk.toString("utf8"));
        said = Buffer.concat([said, chunk]).subarray(-4 * longestText);
      },
    },
    tools,
  );
  // Whoever is stopped may leave a checkpoint; where the service closes, the job runs again from its last one.
  let grace: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.process.kill(signal.reason === stopping ? "SIGTERM" : "SIGKILL");
    grace = setTimeout(() => kill.abort(), signal.reason === stopping ? graceMilliseconds : 0);
  };
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  const copying = setInterval(() => void checkpoints.copy().catch(() => undefined), checkpointMilliseconds);
  const exit = await child.exited
    .catch((error: Error) => {
      throw new JobError(`ClientError: The container can't be started: ${error.message}`);
    })
    .finally(() => {
      log.end();
      clearInterval(copying);
      clearTimeout(grace);
      signal.removeEventListener("abort", end);
    });
  await checkpoints.copy().catch(asClientError);
  signal.throwIfAborted();
  if (timeLimit.aborted) throw new JobError(`ClientError: The job ran longer than MaxRuntimeInSeconds, ${seconds}.`);
  if (exit.code !== 0) {
    const own = await readFile(join(root, "output", "failure"), "utf8").catch(() => "");
    const ended = exit.code === null ? `killed by ${exit.signal}` : `exit code: ${exit.code}`;
    throw new JobError(`AlgorithmError: ${own.slice(0, longestText - 100) || lastLines(exit.stderr || said.toString("utf8"), longestText - 100)}, ${ended}`);
  }
  await upload(store, role, join(root, "model"), modelUri(input), input.OutputDataConfig?.KmsKeyId).catch(asClientError);
  return { metrics: metrics.last() };
}

async function layInputs(input: CreateTrainingJobRequest, root: string, store: ObjectStore, role: Caller): Promise<void> {
  const channels = input.InputDataConfig ?? [];
  for (const { ChannelName, DataSource } of channels)
    await download(store, role, DataSource?.S3DataSource?.S3Uri as string, join(root, "input/data", ChannelName as string)).catch(asClientError);
  for (const folder of ["input/config", "model", "output/data"]) await mkdir(join(root, folder), { recursive: true });
  const settings = {
    hyperparameters: input.HyperParameters ?? {},
    inputdataconfig: Object.fromEntries(
      channels.map(({ ChannelName }) => [ChannelName, { TrainingInputMode: "File", S3DistributionType: "FullyReplicated", RecordWrapperType: "None" }]),
    ),
    resourceconfig: { current_host: "algo-1", hosts: ["algo-1"], network_interface_name: "lo" },
  };
  for (const [name, value] of Object.entries(settings)) await writeFile(join(root, "input/config", `${name}.json`), JSON.stringify(value));
}

/** The folder of checkpoints, with what an earlier attempt left in S3; `copy` takes there what changed since. */
async function openCheckpoints(
  { CheckpointConfig, OutputDataConfig }: CreateTrainingJobRequest,
  root: string,
  store: ObjectStore,
  role: Caller,
): Promise<{ copy(): Promise<void> }> {
  if (CheckpointConfig === undefined) return { copy: async () => undefined };
  const uri = CheckpointConfig.S3Uri as string;
  const { bucket, prefix } = parseS3Uri(uri.endsWith("/") ? uri : `${uri}/`);
  const folder = join(root, "checkpoints");
  await mkdir(folder, { recursive: true });
  const earlier = await store.list(role, bucket, prefix).catch(asClientError);
  if (earlier.length > 0) await download(store, role, `s3://${bucket}/${prefix}`, folder).catch(asClientError);
  const copied = new Map<string, number>();
  const changed = async (): Promise<string[]> => {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const found: string[] = [];
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      const { mtimeMs } = await stat(path);
      if (copied.get(path) !== mtimeMs) found.push(path);
      copied.set(path, mtimeMs);
    }
    return found.sort();
  };
  await changed();
  let last: Promise<void> = Promise.resolve();
  const copy = async (): Promise<void> => {
    for (const path of await changed()) {
      const key = prefix + relative(folder, path).split(sep).join("/");
      await store.put(role, bucket, key, { path }, OutputDataConfig?.KmsKeyId === undefined ? {} : { kmsKeyArn: OutputDataConfig.KmsKeyId });
    }
  };
  // One copy at a time, so that an older one never comes last.
  return { copy: () => (last = last.catch(() => undefined).then(copy)) };
}

/** Finds metrics in a log, line by line. */
function metricReader({ AlgorithmSpecification }: CreateTrainingJobRequest): { read(text: string): void; last(): TrainingMetric[] } {
  const patterns = (AlgorithmSpecification?.MetricDefinitions ?? []).map(({ Name, Regex }) => ({
    name: Name as string,
    pattern: new RegExp(Regex as string, "m"),
  }));
  const found = new Map<string, TrainingMetric>();
  let rest = "";
  return {
    read(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() as string;
      for (const line of lines)
        for (const { name, pattern } of patterns) {
          const value = Number(pattern.exec(line)?.[1] ?? Number.NaN);
          if (!Number.isNaN(value)) found.set(name, { name, value, at: Date.now() });
        }
    },
    last: () => [...found.values()],
  };
}

/** A refusal of S3 or KMS is the client's to mend. */
function asClientError(error: unknown): never {
  throw error instanceof ServiceError ? new JobError(`ClientError: ${error.message}`) : error;
}
