import type { Json, JsonObject } from "./definition.ts";
import { StatesError } from "./error.ts";
import { type Integration, pascalKeys } from "./integrations.ts";
import type { SdkCaller } from "./sdk.ts";

/** How a `.sync` Task starts, watches and cancels its job. */
export interface JobKind {
  readonly service: "mediaconvert" | "sagemaker" | "states";
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

function sagemakerJob(noun: "ProcessingJob" | "TransformJob"): JobKind {
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
  if (service === "states" && operation === "startExecution") return executionJob;
  throw new StatesError("States.Runtime", `${service}:${operation} starts no job that can be waited for.`);
}

/** Finds a named job that an earlier request, whose answer was lost, may have started. */
export async function findJob(sdk: SdkCaller, kind: JobKind, args: JsonObject): Promise<string | undefined> {
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
  await sdk.call(kind.service, kind.cancel.operation, kind.cancel.input(id));
};
