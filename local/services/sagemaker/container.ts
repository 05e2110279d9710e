import { mkdir, readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { MediaTools } from "../../media/tools.ts";
import { trainingPython, whyNoTraining } from "../../python.ts";
import type { Caller } from "../../wire/service.ts";
import { type Child, startChild } from "../jobs/child-process.ts";
import { JobError } from "../jobs/jobs.ts";
import type { Authorizer } from "../seams.ts";
import { type ImageConfig, readDockerfile } from "./dockerfile.ts";

/** An image that was declared: the folder it would be built from, and how. */
export interface Image {
  readonly imageUri: string;
  /** Absolute path of the build context. */
  readonly context: string;
  /** Absolute path of the Dockerfile. */
  readonly dockerfile: string;
  /** What the build would be given. */
  readonly buildArguments?: Readonly<Record<string, string>> | undefined;
}

/**
 * Images from elsewhere that can't be had here, and the program of the local cloud's own that stands for what they run: of vLLM a server that
 * writes by rule and is no model.
 */
const standIns: readonly { readonly base: RegExp; readonly program: string }[] = [
  { base: /\/vllm@sha256:[0-9a-f]{64}$/, program: join(import.meta.dirname, "language-model-server.ts") },
];

/** How an image runs: as its Dockerfile says, or as what stands for the image that it adds nothing to. */
async function configOf({ dockerfile, buildArguments }: Image): Promise<ImageConfig> {
  const config = readDockerfile(await readFile(dockerfile, "utf8"), buildArguments);
  const standIn = config.entrypoint.length === 0 ? standIns.find(({ base }) => base.test(config.base)) : undefined;
  return standIn === undefined ? config : { ...config, entrypoint: ["node", standIn.program] };
}

/** Checks that a role may pull an image from ECR, as SageMaker does with it before a container starts. Images from elsewhere need no permission. */
export function authorizePull(authorizer: Authorizer, role: Caller, imageUri: string): void {
  const [, account, region, repository] = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/.exec(imageUri) ?? [];
  if (repository === undefined) return;
  authorizer.authorize(role, "ecr:GetAuthorizationToken", "*");
  for (const action of ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]) {
    authorizer.authorize(role, action, `arn:aws:ecr:${region}:${account}:repository/${repository}`);
  }
}

export interface ContainerRun {
  /** The job's own folder, which stands for `/opt/ml`. */
  readonly root: string;
  /** Replaces the image's ENTRYPOINT. */
  readonly entrypoint?: readonly string[] | undefined;
  /** Replace the image's CMD. */
  readonly arguments?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onOutput?: (chunk: Buffer) => void;
}

/**
 * The stand-in for mounting a folder at `/opt/ml`: paths under it in environment values and arguments lead into that
 * folder. A container that takes such a path from nowhere but its own code would not find it.
 */
export const mounted = (text: string, root: string): string => text.replaceAll(/(?<![\w.-])\/opt\/ml(?![\w.-])/g, () => root);

/** The command line, environment and folder a container runs with. The build context stands for the image's file system, the working folder in it for its root. */
export function containerCommand(
  image: Image,
  config: ImageConfig,
  run: ContainerRun,
  tools: MediaTools,
): { command: string; args: string[]; cwd: string; env: Record<string, string> } {
  // Arguments alone are no program: they are for an entry point that lies in an image which can't be had here.
  if ((run.entrypoint ?? config.entrypoint).length === 0 && config.command.length === 0)
    throw new Error(`The image ${image.imageUri}, built on ${config.base}, has no ENTRYPOINT of its own, and none was given.`);
  const argv = [...(run.entrypoint ?? config.entrypoint), ...(run.arguments ?? (run.entrypoint ? [] : config.command))];
  const inContext = (word: string): string =>
    config.workingFolder !== "/" && word.startsWith(`${config.workingFolder}/`) ? join(image.context, word.slice(config.workingFolder.length)) : word;
  const [program, ...args] = argv.map((word) => mounted(inContext(word), run.root));
  if (program === undefined) throw new Error(`The image ${image.imageUri} was given no ENTRYPOINT.`);
  const own = Object.fromEntries(Object.entries(config.environment).map(([name, value]) => [name, inContext(value)]));
  const declared = { ...own, ...run.environment };
  const env = Object.fromEntries(Object.entries(declared).map(([name, value]) => [name, mounted(value, run.root)]));
  return {
    // The image has the Node version that the platform runs on, and the Python that trains.
    command: program === "node" ? process.execPath : program === "python3" ? trainingPython() : program,
    args,
    cwd: image.context,
    env: {
      ...env,
      PATH: [...new Set([dirname(process.execPath), dirname(tools.ffmpeg), dirname(tools.ffprobe), ...(process.env.PATH ?? "").split(delimiter)])].join(
        delimiter,
      ),
      TMPDIR: join(run.root, "tmp"),
    },
  };
}

/**
 * Runs a container as a child process with the declared environment alone: no credentials and no endpoint of the local
 * cloud get in. That is all of the network isolation that can be had without a container engine.
 */
export async function startContainer(image: Image, run: ContainerRun, tools: MediaTools): Promise<Child> {
  const config = await configOf(image);
  const { command, args, cwd, env } = containerCommand(image, config, run, tools);
  const lacking = command === trainingPython() ? whyNoTraining(command) : undefined;
  if (lacking !== undefined) throw new JobError(`ClientError: ${lacking}`);
  await mkdir(env["TMPDIR"] as string, { recursive: true });
  const child = startChild(command, args, { cwd, env, onStdout: (chunk) => run.onOutput?.(chunk), ...(run.signal ? { signal: run.signal } : {}) });
  child.process.stderr?.on("data", (chunk: Buffer) => run.onOutput?.(chunk));
  return child;
}
