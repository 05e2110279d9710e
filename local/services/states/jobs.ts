import type { Json, JsonObject } from "./definition.ts";
import { StatesError, TransientError } from "./error.ts";
import { deepPascalKeys, type Integration, pascalKeys } from "./integrations.ts";
import type { SdkCaller } from "./sdk.ts";
import { sleepUntil } from "./time.ts";

/** How a `.sync` Task starts, watches and cancels its job. */
export interface JobKind {
  readonly service: "mediaconvert" | "sagemaker" | "states" | "ecs";
  /** The managed EventBridge rule that Step Functions keeps in the account to hear of such jobs; the machine's role must be allowed to manage it. */
  readonly managedRule: string;
  /** The request, made safe to repeat: with a token, or a mark of who started it. */
  prepare(args: JsonObject, token: string): JsonObject;
  /** Identity of the job, from the request and the answer to it. */
  id(args: JsonObject, output: JsonObject): string;
  /** Whether a request that was perhaps sent already made a job, if the service does not tell by itself. */
  readonly named: boolean;
  readonly describe: { operation: string; input(id: string): JsonObject };
  readonly cancel: { operation: string; input(id: string): JsonObject };
  /** undefined while it runs; its result, in the shape Step Functions gives it; or the error it ended with. */
  outcome(described: JsonObject): { result: Json } | { failure: StatesError } | undefined;
}

/** Causes are cut at 32768 characters (quota of Step Functions). */
const failed = (described: JsonObject): { failure: StatesError } => ({
  failure: new StatesError("States.TaskFailed", JSON.stringify(described).slice(0, 32_768)),
});

function sagemakerJob(noun: "ProcessingJob" | "TransformJob" | "TrainingJob"): JobKind {
  const input = (id: string) => ({ [`${noun}Name`]: id });
  return {
    service: "sagemaker",
    managedRule: `StepFunctionsGetEventsForSageMaker${noun}sRule`,
    prepare: (args) => ({ ...args, Tags: [...((args["Tags"] as Json[] | undefined) ?? []), { Key: "MANAGED_BY_AWS", Value: "STARTED_BY_STEP_FUNCTIONS" }] }),
    id: (args) => String(args[`${noun}Name`]),
    named: true,
    describe: { operation: `describe${noun}`, input },
    cancel: { operation: `stop${noun}`, input },
    outcome(described) {
      const status = described[`${noun}Status`];
      if (status === "Completed") return { result: described };
      return status === "Failed" || status === "Stopped" ? failed(described) : undefined;
    },
  };
}

const mediaConvertJob: JobKind = {
  service: "mediaconvert",
  managedRule: "StepFunctionsGetEventsForMediaConvertJobRule",
  prepare: (args, token) => ({ ClientRequestToken: token, ...args }),
  id: (_args, output) => String((output["Job"] as JsonObject)["Id"]),
  named: false,
  describe: { operation: "getJob", input: (Id) => ({ Id }) },
  cancel: { operation: "cancelJob", input: (Id) => ({ Id }) },
  outcome(described) {
    const job = described["Job"] as JsonObject;
    if (job["Status"] === "COMPLETE") return { result: described };
    return job["Status"] === "ERROR" || job["Status"] === "CANCELED" ? failed(job) : undefined;
  },
};

/**
 * A task of ECS. Its cluster stands in its ARN. It has done its work if all its containers exited with 0; any other end fails the state,
 * with the task as its cause. (Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks")
 */
const clusterOfTask = (taskArn: string): string => taskArn.split("/")[1] as string;
const ecsTask: JobKind = {
  service: "ecs",
  managedRule: "StepFunctionsGetEventsForECSTaskRule",
  prepare: (args, token) => ({ clientToken: token, startedBy: "AWS Step Functions", ...args }),
  id(_args, output) {
    const [task] = output["tasks"] as JsonObject[];
    if (task === undefined) throw new StatesError("ECS.AmazonECSException", JSON.stringify(deepPascalKeys(output)).slice(0, 32_768));
    return String(task["taskArn"]);
  },
  named: false,
  describe: { operation: "describeTasks", input: (id) => ({ cluster: clusterOfTask(id), tasks: [id] }) },
  cancel: { operation: "stopTask", input: (id) => ({ cluster: clusterOfTask(id), task: id, reason: "The state that ran it was stopped." }) },
  outcome(described) {
    const [task] = described["tasks"] as JsonObject[];
    if (task === undefined) return failed(described);
    if (task["lastStatus"] !== "STOPPED") return undefined;
    const told = deepPascalKeys(task) as JsonObject;
    return (task["containers"] as JsonObject[]).every(({ exitCode }) => exitCode === 0) ? { result: told } : failed(told);
  },
};

/** An execution that another one waits for: `.sync:2` gives its output as JSON, not as text. */
const executionJob: JobKind = {
  service: "states",
  managedRule: "StepFunctionsGetEventsForStepFunctionsExecutionRule",
  prepare: (args, token) => ({ name: token, ...args }),
  id: (args) => `${String(args["stateMachineArn"]).replace(":stateMachine:", ":execution:")}:${String(args["name"])}`,
  named: true,
  describe: { operation: "describeExecution", input: (executionArn) => ({ executionArn }) },
  cancel: { operation: "stopExecution", input: (executionArn) => ({ executionArn }) },
  outcome(described) {
    if (described["status"] === "RUNNING") return undefined;
    const told = pascalKeys(described);
    if (described["status"] !== "SUCCEEDED") return failed(told);
    return { result: { ...told, Output: JSON.parse(String(described["output"])) as Json } };
  },
};

/** The kind of job that a `.sync` integration starts. */
export function jobKindOf({ service, operation }: Pick<Integration, "service" | "operation">): JobKind {
  if (service === "mediaconvert" && operation === "createJob") return mediaConvertJob;
  if (service === "sagemaker" && operation === "createProcessingJob") return sagemakerJob("ProcessingJob");
  if (service === "sagemaker" && operation === "createTransformJob") return sagemakerJob("TransformJob");
  if (service === "sagemaker" && operation === "createTrainingJob") return sagemakerJob("TrainingJob");
  if (service === "ecs" && operation === "runTask") return ecsTask;
  if (service === "states" && operation === "startExecution") return executionJob;
  throw new StatesError("States.Runtime", `${service}:${operation} starts no job that can be waited for.`);
}

/** How often a service that is in trouble is asked in all; pauses grow from 50 ms to 2 s. */
const mostTries = 12;

/**
 * Bears a service's trouble: what is asked on behalf of a `.sync` state is not the state's to retry. Were the state tried again for it,
 * its job would be done twice. Throws what still is so after the last try, at once if it is nothing that passes.
 */
async function patiently<T>(signal: AbortSignal, ask: (tries: number) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask(tries);
    } catch (error) {
      if (!(error instanceof TransientError) || tries === mostTries - 1 || signal.aborted) throw error;
      await sleepUntil(Date.now() + Math.min(2000, 50 * 2 ** tries), signal);
    }
  }
}

/** Nothing interrupts what is started: a job whose answer nobody waited for could not be cancelled. */
const uninterrupted = new AbortController().signal;

/**
 * Starts the job and gives its id. A request whose answer was lost is sent again as it was, which finds the job that it made; `resumed` says
 * that an earlier process may have sent it.
 */
export const startJob = (sdk: SdkCaller, kind: JobKind, operation: string, input: JsonObject, resumed: boolean): Promise<string> =>
  patiently(uninterrupted, async (tries) => {
    const found = resumed || tries > 0 ? await findJob(sdk, kind, input) : undefined;
    // The SDK would take the name of the job that it made itself for one that is taken.
    return found ?? kind.id(input, await sdk.call(kind.service, operation, input, { once: true }));
  });

/** How the job stands: see `JobKind.outcome`. */
export const lookAtJob = async (sdk: SdkCaller, kind: JobKind, id: string, signal: AbortSignal): Promise<ReturnType<JobKind["outcome"]>> =>
  kind.outcome(await patiently(signal, () => sdk.call(kind.service, kind.describe.operation, kind.describe.input(id), { signal })));

/** Finds a named job that an earlier request, whose answer was lost, may have started. */
async function findJob(sdk: SdkCaller, kind: JobKind, args: JsonObject): Promise<string | undefined> {
  if (!kind.named) return undefined;
  const id = kind.id(args, {});
  try {
    await sdk.call(kind.service, kind.describe.operation, kind.describe.input(id));
    return id;
  } catch (error) {
    // SageMaker answers ValidationException (unmodelled) or ResourceNotFound for a job it does not know.
    if (error instanceof StatesError && /ResourceNotFound|Could not find|not found|does not exist/i.test(`${error.error} ${error.causeText}`)) return undefined;
    throw error;
  }
}

/** Asks the service to stop the job. */
export const cancelJob = async (sdk: SdkCaller, kind: JobKind, id: string): Promise<void> => {
  await patiently(uninterrupted, () => sdk.call(kind.service, kind.cancel.operation, kind.cancel.input(id)));
};
