import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CreateProcessingJobRequest } from "@aws-sdk/client-sagemaker";
import type { MediaTools } from "../../media/tools.ts";
import { type Caller, ServiceError } from "../../wire/service.ts";
import { lastLines } from "../jobs/child-process.ts";
import { type JobContext, JobError, stopping } from "../jobs/jobs.ts";
import type { ObjectStore } from "../seams.ts";
import { type Image, mounted, startContainer } from "./container.ts";
import { download, upload } from "./object-folders.ts";

/** A processing job without a limit of its own ends after a day. (SDK documentation of ProcessingStoppingCondition) */
const longestSeconds = 86_400;
/** Longest FailureReason and ExitMessage. (SDK documentation of DescribeProcessingJob) */
const longestText = 1024;

/**
 * How long a container that is told to stop may take to leave what it has. (API reference, StopTrainingJob: SIGTERM, and 120 s; of processing jobs the
 * documentation tells neither, and that they are treated alike is an assumption)
 */
const graceMilliseconds = 120_000;

export interface ProcessingResult {
  readonly exitMessage: string | undefined;
}

/**
 * Copies inputs in, runs the container, copies outputs out however it ended: they are uploaded "after the job completes" (API reference, ProcessingS3Output),
 * which excepts no job that failed or was stopped. `role` is whose permissions all of it uses. `midway` fails the job with that message
 * once its container has told of progress: it is told to stop, as at the end of its time.
 */
export async function runProcessing(
  input: CreateProcessingJobRequest,
  image: Image,
  options: { store: ObjectStore; role: Caller; tools: MediaTools; logFile: string; midway?: string | undefined } & JobContext,
): Promise<ProcessingResult> {
  const { store, role, tools, signal, midway } = options;
  const root = join(options.folder, "opt-ml");
  const seconds = input.StoppingCondition?.MaxRuntimeInSeconds ?? longestSeconds;
  for (const { S3Input } of input.ProcessingInputs ?? []) {
    await download(store, role, S3Input?.S3Uri as string, mounted(S3Input?.LocalPath as string, root)).catch(asClientError);
    options.signal.throwIfAborted();
  }
  const outputs = (input.ProcessingOutputConfig?.Outputs ?? []).map(({ S3Output }) => ({
    uri: S3Output?.S3Uri as string,
    folder: mounted(S3Output?.LocalPath as string, root),
  }));
  for (const { folder } of outputs) await mkdir(folder, { recursive: true });
  await mkdir(join(root, "output"), { recursive: true });

  const timeLimit = AbortSignal.timeout(seconds * 1000);
  const kill = new AbortController();
  const interrupt = new AbortController();
  const log = createWriteStream(options.logFile);
  let said: Buffer = Buffer.alloc(0);
  const child = await startContainer(
    image,
    {
      root,
      entrypoint: input.AppSpecification?.ContainerEntrypoint,
      arguments: input.AppSpecification?.ContainerArguments,
      environment: input.Environment ?? {},
      signal: kill.signal,
      onOutput: (chunk) => {
        log.write(chunk);
        if (midway !== undefined && isMidway(chunk.toString("utf8"))) interrupt.abort();
        said = Buffer.concat([said, chunk]).subarray(-4 * longestText);
      },
    },
    tools,
  );
  // Whoever is stopped may leave what it has; where the service closes, the job runs again from its beginning.
  let grace: NodeJS.Timeout | undefined;
  const told = AbortSignal.any([signal, timeLimit, interrupt.signal]);
  const isClosing = (): boolean => signal.aborted && signal.reason !== stopping;
  const end = (): void => {
    // A container ends with its first process, whatever that has started.
    child.process.once("exit", () => kill.abort());
    child.process.kill("SIGTERM");
    grace = setTimeout(() => kill.abort(), graceMilliseconds);
  };
  const close = (): void => {
    if (isClosing()) kill.abort();
  };
  close();
  if (told.aborted) end();
  told.addEventListener("abort", end, { once: true });
  signal.addEventListener("abort", close);
  const exit = await child.exited
    .catch((error: Error) => {
      throw new JobError(`ClientError: The container can't be started: ${error.message}`);
    })
    .finally(() => {
      log.end();
      clearTimeout(grace);
      told.removeEventListener("abort", end);
      signal.removeEventListener("abort", close);
    });
  if (isClosing()) signal.throwIfAborted();
  const outOfTime = timeLimit.aborted;
  const endedWell = exit.code === 0 && !told.aborted;
  for (const { uri, folder } of outputs) {
    // Of a job that failed its own failure is told, not that of what it left.
    await upload(store, role, folder, uri, input.ProcessingOutputConfig?.KmsKeyId).catch((error) => endedWell && asClientError(error));
  }
  signal.throwIfAborted();
  const exitMessage = await readExitMessage(root);
  if (interrupt.signal.aborted) throw new JobError(midway as string, { exitMessage });
  if (outOfTime) throw new JobError(`ClientError: The job ran longer than MaxRuntimeInSeconds, ${seconds}.`, { exitMessage });
  if (exit.code !== 0) {
    const end = exit.code === null ? `killed by ${exit.signal}` : `exit code: ${exit.code}`;
    throw new JobError(`AlgorithmError: ${lastLines(exit.stderr || said.toString("utf8"), longestText - 100)}, ${end}`, { exitMessage });
  }
  return { exitMessage };
}

/** Whether one of a container's lines tells of progress that is neither its beginning nor its end. */
function isMidway(lines: string): boolean {
  const told = lines.matchAll(/"frameCount":(\d+),"ofCount":(\d+)/g);
  const shares = Array.from(told, ([, frames, all]) => Number(frames) / Number(all));
  return shares.some((share) => share >= 0.3 && share < 1);
}

/** What the container left for people: at most a kilobyte. */
async function readExitMessage(root: string): Promise<string | undefined> {
  const text = await readFile(join(root, "output", "message"), "utf8").catch(() => undefined);
  return text?.slice(0, longestText);
}

/** A refusal of S3 or KMS is the client's to mend. */
function asClientError(error: unknown): never {
  throw error instanceof ServiceError ? new JobError(`ClientError: ${error.message}`) : error;
}
