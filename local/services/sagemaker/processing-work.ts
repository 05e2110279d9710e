import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CreateProcessingJobRequest } from "@aws-sdk/client-sagemaker";
import type { MediaTools } from "../../media/tools.ts";
import { type Caller, ServiceError } from "../../wire/service.ts";
import { lastLines } from "../jobs/child-process.ts";
import { type JobContext, JobError } from "../jobs/jobs.ts";
import type { ObjectStore } from "../seams.ts";
import { type Image, mounted, startContainer } from "./container.ts";
import { download, upload } from "./object-folders.ts";

/** A processing job without a limit of its own ends after a day. (SDK documentation of ProcessingStoppingCondition) */
const longestSeconds = 86_400;
/** Longest FailureReason and ExitMessage. (SDK documentation of DescribeProcessingJob) */
const longestText = 1024;

export interface ProcessingResult {
  readonly exitMessage: string | undefined;
}

/** Copies inputs in, runs the container, copies outputs out if it ended well. `role` is whose permissions all of it uses. */
export async function runProcessing(
  input: CreateProcessingJobRequest,
  image: Image,
  options: { store: ObjectStore; role: Caller; tools: MediaTools; logFile: string } & JobContext,
): Promise<ProcessingResult> {
  const { store, role, tools } = options;
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
  const log = createWriteStream(options.logFile);
  let said: Buffer = Buffer.alloc(0);
  const child = await startContainer(
    image,
    {
      root,
      entrypoint: input.AppSpecification?.ContainerEntrypoint,
      arguments: input.AppSpecification?.ContainerArguments,
      environment: input.Environment ?? {},
      signal: AbortSignal.any([options.signal, timeLimit]),
      onOutput: (chunk) => {
        log.write(chunk);
        said = Buffer.concat([said, chunk]).subarray(-4 * longestText);
      },
    },
    tools,
  );
  const exit = await child.exited
    .catch((error: Error) => {
      throw new JobError(`ClientError: The container can't be started: ${error.message}`);
    })
    .finally(() => log.end());
  options.signal.throwIfAborted();
  const exitMessage = await readExitMessage(root);
  if (timeLimit.aborted) throw new JobError(`ClientError: The job ran longer than MaxRuntimeInSeconds, ${seconds}.`, { exitMessage });
  if (exit.code !== 0) {
    const end = exit.code === null ? `killed by ${exit.signal}` : `exit code: ${exit.code}`;
    throw new JobError(`AlgorithmError: ${lastLines(exit.stderr || said.toString("utf8"), longestText - 100)}, ${end}`, { exitMessage });
  }
  for (const { uri, folder } of outputs) await upload(store, role, folder, uri, input.ProcessingOutputConfig?.KmsKeyId).catch(asClientError);
  return { exitMessage };
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
