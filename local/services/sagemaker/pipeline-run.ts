import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type * as sdk from "@aws-sdk/client-sagemaker";
import type { Call, Caller, Operation } from "../../wire/service.ts";
import { type JobContext, JobError, type Jobs, stopping } from "../jobs/jobs.ts";
import type { ObjectStore } from "../seams.ts";
import { parseS3Uri } from "./object-folders.ts";
import {
  allSteps,
  type Comparison,
  type ConditionStep,
  type Get,
  type Join,
  type JsonGet,
  type LeafStep,
  type PipelineDefinition,
  type Step,
  waitsFor,
} from "./pipeline-definition.ts";

/** What a pipeline starts, and how it follows it. */
export interface PipelineServices {
  /** Checks what a role may do. */
  readonly authorize: (role: Caller) => Call["authorize"];
  readonly store: ObjectStore;
  readonly processing: { readonly operations: Readonly<Record<string, Operation>>; readonly jobs: Followed };
  readonly training: { readonly operations: Readonly<Record<string, Operation>>; readonly jobs: Followed };
  readonly packages: { readonly operations: Readonly<Record<string, Operation>> };
}
type Followed = Pick<Jobs<never, never>, "stop"> & { get(id: string): object | undefined; settled(id: string): Promise<unknown> };

export interface StepRecord {
  readonly name: string;
  readonly type: Step["Type"];
  readonly status: "Executing" | "Succeeded" | "Failed" | "Stopped";
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly failureReason?: string;
  readonly metadata?: sdk.PipelineExecutionStepMetadata;
}

export interface Execution {
  readonly id: string;
  /** `PipelineExecutionArn` and so on: what `Execution.` stands for. */
  readonly variables: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** The pipeline's role, which starts everything. */
  readonly role: Caller;
}

/** A step that ended badly. What waits for it does not begin. */
class StepFailure extends Error {}

/**
 * Runs a definition: each step once all that it waits for has ended well, and then only one branch of a condition. Running it again goes on with the jobs
 * that an earlier run started, by their names. Throws JobError with the execution's FailureReason.
 */
export async function runPipeline(
  definition: PipelineDefinition,
  execution: Execution,
  services: PipelineServices,
  context: Pick<JobContext, "signal"> & { record(step: StepRecord): void },
): Promise<void> {
  const { signal } = context;
  const described = new Map<string, object>();
  const done = new Map<string, Promise<void>>();
  const value = resolver(definition, execution, described, services.store);
  const call: Call = {
    caller: execution.role,
    requestId: execution.id,
    authorize: services.authorize(execution.role),
  };
  const failures: string[] = [];

  const start = (steps: readonly Step[]): Promise<void>[] => {
    const started = steps.map((step) => {
      const run = Promise.resolve().then(() => after(step));
      // Whoever waits for it asks below; nobody else is to be told twice.
      run.catch(() => undefined);
      done.set(step.Name, run);
      return run;
    });
    return started;
  };
  const after = async (step: Step): Promise<void> => {
    await Promise.all(waitsFor(step).map((name) => done.get(name)));
    signal.throwIfAborted();
    await perform(step);
  };

  async function perform(step: Step): Promise<void> {
    const begun = { name: step.Name, type: step.Type, startedAt: Date.now() };
    context.record({ ...begun, status: "Executing" });
    let metadata: sdk.PipelineExecutionStepMetadata | undefined;
    const tell = (told: sdk.PipelineExecutionStepMetadata): void => {
      metadata = told;
      context.record({ ...begun, status: "Executing", metadata });
    };
    try {
      await (step.Type === "Condition" ? decide(step, tell) : work(step, tell));
      context.record({ ...begun, status: "Succeeded", endedAt: Date.now(), ...(metadata && { metadata }) });
    } catch (error) {
      const failureReason = (error as Error).message;
      context.record({ ...begun, status: signal.aborted ? "Stopped" : "Failed", endedAt: Date.now(), failureReason, ...(metadata && { metadata }) });
      if (!signal.aborted) failures.push(step.Type === "Fail" ? failureReason : `Step ${step.Name} failed: ${failureReason}`);
      throw new StepFailure(failureReason);
    }
  }

  async function decide({ Arguments }: ConditionStep, tell: (told: sdk.PipelineExecutionStepMetadata) => void): Promise<void> {
    let outcome = true;
    for (const one of Arguments.Conditions) outcome &&= compare(one.Type, await value(one.LeftValue), await value(one.RightValue));
    tell({ Condition: { Outcome: outcome ? "True" : "False" } });
    // The branch is the pipeline's, not the condition's: that one has done its work.
    branches.push(...start((outcome ? Arguments.IfSteps : Arguments.ElseSteps) ?? []));
  }

  async function work(step: LeafStep, tell: (told: sdk.PipelineExecutionStepMetadata) => void): Promise<void> {
    const request = (await value(step.Arguments)) as Record<string, unknown>;
    switch (step.Type) {
      case "Fail":
        tell({ Fail: { ErrorMessage: String(request["ErrorMessage"]) } });
        throw new Error(String(request["ErrorMessage"]));
      case "RegisterModel": {
        const ClientToken = createHash("sha256").update(`${execution.id}/${step.Name}`).digest("hex").slice(0, 36);
        const { ModelPackageArn } = (await services.packages.operations["CreateModelPackage"]!(
          { ...request, ClientToken },
          call,
        )) as sdk.CreateModelPackageOutput;
        described.set(step.Name, { ModelPackageArn });
        tell({ RegisterModel: { Arn: ModelPackageArn } });
        return;
      }
      case "Processing":
        return follow(step.Name, "Processing", request, services.processing, tell);
      case "Training":
        return follow(step.Name, "Training", request, services.training, tell);
    }
  }

  /** Starts a job, or finds the one that an earlier run started, and waits for its end. */
  async function follow(
    step: string,
    kind: "Processing" | "Training",
    request: Record<string, unknown>,
    { operations, jobs }: PipelineServices["processing"],
    tell: (told: sdk.PipelineExecutionStepMetadata) => void,
  ): Promise<void> {
    const name = jobName(execution.id, step);
    const named = { [`${kind}JobName`]: name };
    if (jobs.get(name) === undefined) await operations[`Create${kind}Job`]!({ ...request, ...named }, call);
    const describe = () => operations[`Describe${kind}Job`]!(named, call) as Promise<Record<string, unknown>>;
    tell({ [`${kind}Job`]: { Arn: (await describe())[`${kind}JobArn`] } });
    // Where the service closes, its jobs go on with it.
    const stop = (): void => {
      if (signal.reason === stopping) jobs.stop(name);
    };
    signal.addEventListener("abort", stop);
    await jobs.settled(name).finally(() => signal.removeEventListener("abort", stop));
    const ended = await describe();
    described.set(step, ended);
    if (ended[`${kind}JobStatus`] !== "Completed") throw new Error(String(ended["FailureReason"] ?? `The job ended as ${ended[`${kind}JobStatus`]}.`));
  }

  const branches: Promise<void>[] = [];
  await Promise.allSettled(start(definition.Steps));
  while (branches.length > 0) await Promise.allSettled(branches.splice(0));
  signal.throwIfAborted();
  if (failures.length > 0) throw new JobError(failures.join(" "));
}

/** SageMaker names jobs of pipelines so: `pipelines-`, the execution, the step, and what makes the name its own. At most 63 characters. */
export const jobName = (executionId: string, step: string): string =>
  `pipelines-${executionId}-${step.replaceAll("_", "-").slice(0, 28)}-${createHash("sha256").update(`${executionId}/${step}`).digest("hex").slice(0, 10)}`;

type Value = string | number | boolean;

function compare(type: Comparison["Type"], left: unknown, right: unknown): boolean {
  if (typeof left !== typeof right) throw new Error(`A condition compares ${JSON.stringify(left)} with ${JSON.stringify(right)}, which is of another type.`);
  const [a, b] = [left as Value, right as Value];
  switch (type) {
    case "Equals":
      return a === b;
    case "GreaterThan":
      return a > b;
    case "GreaterThanOrEqualTo":
      return a >= b;
    case "LessThan":
      return a < b;
    case "LessThanOrEqualTo":
      return a <= b;
  }
}

/** Gives any value of a definition with what its references stand for. Throws an Error that names what is not there. */
function resolver(definition: PipelineDefinition, execution: Execution, described: ReadonlyMap<string, object>, store: ObjectStore) {
  const get = ({ Get: reference }: Get): unknown => {
    const [kind, name = "", ...path] = reference.split(".");
    const found =
      kind === "Parameters" ? execution.parameters[name] : kind === "Execution" ? execution.variables[name] : at(described.get(name), path.join("."));
    if (found === undefined) throw new Error(`${reference} is not there.`);
    return found;
  };
  const fromFile = async ({ "Std:JsonGet": { PropertyFile, Path } }: JsonGet): Promise<unknown> => {
    const [, step = "", , file = ""] = PropertyFile.Get.split(".");
    const declared = allSteps(definition.Steps).find(({ Name }) => Name === step);
    const property = declared?.Type === "Processing" ? declared.PropertyFiles?.find(({ PropertyFileName }) => PropertyFileName === file) : undefined;
    const outputs = (described.get(step) as sdk.DescribeProcessingJobResponse | undefined)?.ProcessingOutputConfig?.Outputs ?? [];
    const folder = outputs.find(({ OutputName }) => OutputName === property?.OutputName)?.S3Output?.S3Uri;
    if (property === undefined || folder === undefined) throw new Error(`${PropertyFile.Get} is not there.`);
    const { bucket, prefix } = parseS3Uri(`${folder.replace(/\/$/, "")}/${property.FilePath}`);
    const { path } = await store.file(execution.role, bucket, prefix);
    const found = at(JSON.parse(await readFile(path, "utf8")), Path);
    if (found === undefined) throw new Error(`s3://${bucket}/${prefix} has no ${Path}.`);
    return found;
  };
  const value = async (given: unknown): Promise<unknown> => {
    if (Array.isArray(given)) return Promise.all(given.map(value));
    if (typeof given !== "object" || given === null) return given;
    if ("Get" in given) return get(given as Get);
    if ("Std:JsonGet" in given) return fromFile(given as JsonGet);
    if ("Std:Join" in given) {
      const { On = "", Values } = (given as Join)["Std:Join"];
      return (await Promise.all(Values.map(value))).join(On);
    }
    return Object.fromEntries(await Promise.all(Object.entries(given).map(async ([name, one]) => [name, await value(one)])));
  };
  return value;
}

/** What lies at `a.b[0]` of a value. */
function at(holder: unknown, path: string): unknown {
  return path
    .split(/[.[\]]/)
    .filter((part) => part !== "")
    .reduce((inner: unknown, part) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[part] : undefined), holder);
}
