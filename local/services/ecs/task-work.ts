import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ContainerOverride } from "@aws-sdk/client-ecs";
import type { MediaTools } from "../../media/tools.ts";
import type { JobContext } from "../jobs/jobs.ts";
import { type Image, startContainer } from "../sagemaker/container.ts";
import type { Credentials } from "../seams.ts";
import type { TaskDefinition } from "./task-definition.ts";

export interface TaskRun {
  readonly definition: TaskDefinition;
  readonly override: ContainerOverride | undefined;
  readonly image: Image;
  /** Who the container is: on AWS an address of the host gives it these. */
  readonly credentials: Credentials;
  readonly region: string;
  /** Where the container reaches AWS. */
  readonly endpoint: string;
  readonly tools: MediaTools;
  readonly logFile: string;
}

/** A path inside a container, wherever it stands alone or begins one. */
const pathPattern = (path: string): RegExp => new RegExp(`(?<![\\w./-])${path.replaceAll(/[^\w/]/g, "\\$&")}(?![\\w.-])`, "g");

/**
 * Runs the container as a child process with its declared environment and what ECS adds to it, and gives its exit code. Volumes are
 * folders of the task's own; paths of their mounts in environment values lead into them.
 */
export async function runTaskContainer(run: TaskRun, { folder, signal }: JobContext): Promise<{ exitCode: number }> {
  const [container] = run.definition.containers;
  const mounts = container.mountPoints.map(({ sourceVolume, containerPath }) => ({
    pattern: pathPattern(containerPath),
    to: join(folder, "volumes", sourceVolume),
  }));
  for (const { to } of mounts) await mkdir(to, { recursive: true });
  const inVolumes = (text: string): string => mounts.reduce((led, { pattern, to }) => led.replaceAll(pattern, () => to), text);
  const given = [...container.environment, ...(run.override?.environment ?? [])];
  const command = run.override?.command ?? container.command;
  const log = createWriteStream(run.logFile);
  try {
    const child = await startContainer(
      run.image,
      {
        root: join(folder, "opt-ml"),
        ...(command.length > 0 && { arguments: command }),
        environment: {
          ...Object.fromEntries(given.map(({ name, value }) => [name as string, inVolumes(value as string)])),
          AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
          AWS_REGION: run.region,
          AWS_DEFAULT_REGION: run.region,
          AWS_ENDPOINT_URL: run.endpoint,
          AWS_ACCESS_KEY_ID: run.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: run.credentials.secretAccessKey,
          AWS_SESSION_TOKEN: run.credentials.sessionToken,
        },
        signal,
        onOutput: (chunk) => log.write(chunk),
      },
      run.tools,
    );
    const { code } = await child.exited;
    signal.throwIfAborted();
    // A container that was killed exits with 128 and the signal's number; 9 is the one that can't be told from outside here.
    return { exitCode: code ?? 137 };
  } finally {
    log.end();
  }
}
