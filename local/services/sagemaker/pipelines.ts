import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import { type Job, openJobs } from "../jobs/jobs.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import { createSlots } from "../jobs/slots.ts";
import { type PipelineDefinition, readDefinition } from "./pipeline-definition.ts";
import { type PipelineServices, runPipeline, type StepRecord } from "./pipeline-run.ts";
import type { Registry } from "./registry.ts";

const principal = "sagemaker.amazonaws.com";

export interface PipelineDeclaration {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
}

export interface Pipelines {
  readonly operations: Readonly<Record<string, Operation>>;
  /** Makes a pipeline known, as the program declares it. */
  putPipeline(pipeline: PipelineDeclaration): void;
  start(): void;
  close(): Promise<void>;
}

interface Pipeline extends PipelineDeclaration {
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What an execution runs: the pipeline as it was when it started. */
interface Started {
  readonly pipeline: PipelineDeclaration;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
}

const statuses = { QUEUED: "Executing", RUNNING: "Executing", STOPPING: "Stopping", STOPPED: "Stopped", SUCCEEDED: "Succeeded", FAILED: "Failed" } as const;
const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

/** Pipelines and their executions, one at a time, each of whose steps is a job of its own. */
export function createPipelines(options: JobServiceOptions, registry: Registry, services: Omit<PipelineServices, "authorize" | "store">): Pipelines {
  const { store, authorizer, region, account } = options;
  const arn = (name: string): string => `arn:aws:sagemaker:${region}:${account}:pipeline/${name}`;
  const executionArn = (name: string, id: string): string => `${arn(name)}/execution/${id}`;
  const authorize: PipelineServices["authorize"] = (role) => (action, resource, context) => authorizer.authorize(role, action, resource, context);
  const stepsOf = (id: string): StepRecord[] => registry.get<StepRecord[]>("pipeline-steps", id) ?? [];

  const executions = openJobs<Started, object>({
    service: "sagemaker",
    ...options,
    folder: join(options.folder, "pipelines"),
    // An execution waits for jobs, which need places of their own.
    slots: createSlots(1),
    nameOf: ({ id, request }) => `${request.pipeline.name}/${id}`,
    async run(job, context) {
      const { pipeline, parameters } = job.request;
      const variables = {
        PipelineExecutionId: job.id,
        PipelineExecutionArn: executionArn(pipeline.name, job.id),
        PipelineName: pipeline.name,
        PipelineArn: arn(pipeline.name),
        StartDateTime: new Date(job.createdAt).toISOString(),
        CurrentDateTime: new Date().toISOString(),
      };
      const role = authorizer.assume(principal, pipeline.roleArn);
      registry.put("pipeline-steps", job.id, []);
      const record = (step: StepRecord): void => registry.put("pipeline-steps", job.id, [...stepsOf(job.id).filter(({ name }) => name !== step.name), step]);
      const run = { id: job.id, variables, parameters, role };
      await runPipeline(readDefinition(pipeline.definition), run, { ...services, store, authorize }, { ...context, record });
      return {};
    },
  });

  const pipelineOf = (nameOrArn: string | undefined): Pipeline => {
    const name = nameOrArn?.startsWith("arn:") ? nameOrArn.split("/")[1] : nameOrArn;
    const found = registry.get<Pipeline>("pipeline", name ?? "");
    if (!found) throw new ServiceError("ResourceNotFound", `Pipeline '${arn(name ?? "")}' does not exist.`);
    return found;
  };
  const executionOf = (wanted: string | undefined): Job<Started, object> => {
    const job = executions.get(wanted?.split("/").at(-1) ?? "");
    if (!job || executionArn(job.request.pipeline.name, job.id) !== wanted)
      throw new ServiceError("ResourceNotFound", `Pipeline execution '${wanted}' does not exist.`);
    return job;
  };
  const definitionOf = ({ PipelineDefinition: text }: { PipelineDefinition?: string | undefined }): string => {
    if (text === undefined) throw invalid("PipelineDefinition is missing: a definition that lies in S3 is not implemented.");
    readDefinition(text);
    return text;
  };
  const passRole = (call: Call, role: string | undefined): void => call.authorize("iam:PassRole", role as string, { "iam:PassedToService": principal });

  async function create(input: sdk.CreatePipelineRequest, call: Call): Promise<sdk.CreatePipelineResponse> {
    const members = ["PipelineName", "PipelineDisplayName", "PipelineDefinition", "PipelineDescription", "ClientRequestToken", "RoleArn", "Tags"];
    assertImplemented("CreatePipeline", input, members);
    const name = input.PipelineName as string;
    call.authorize("sagemaker:CreatePipeline", arn(name));
    if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$/.test(name))
      throw invalid(`PipelineName is "${name}"; it must be 1 to 256 letters, digits and hyphens, with no hyphen at its ends.`);
    checkToken(input);
    passRole(call, input.RoleArn);
    const definition = definitionOf(input);
    if (registry.get("pipeline", name))
      throw invalid(`Pipeline names must be unique within an AWS account and region. Pipeline with name ${name} already exists.`);
    const now = Date.now();
    const made: Pipeline = {
      ...{ name, definition, roleArn: input.RoleArn as string, createdAt: now, updatedAt: now },
      ...{ displayName: input.PipelineDisplayName, description: input.PipelineDescription },
    };
    registry.put("pipeline", name, made);
    return { PipelineArn: arn(name) };
  }

  async function update(input: sdk.UpdatePipelineRequest, call: Call): Promise<sdk.UpdatePipelineResponse> {
    assertImplemented("UpdatePipeline", input, ["PipelineName", "PipelineDisplayName", "PipelineDefinition", "PipelineDescription", "RoleArn"]);
    call.authorize("sagemaker:UpdatePipeline", arn(input.PipelineName as string));
    const before = pipelineOf(input.PipelineName);
    if (input.RoleArn !== undefined) passRole(call, input.RoleArn);
    registry.put("pipeline", before.name, {
      ...before,
      ...(input.PipelineDefinition === undefined ? {} : { definition: definitionOf(input) }),
      ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
      ...(input.PipelineDisplayName === undefined ? {} : { displayName: input.PipelineDisplayName }),
      ...(input.PipelineDescription === undefined ? {} : { description: input.PipelineDescription }),
      updatedAt: Date.now(),
    });
    return { PipelineArn: arn(before.name) };
  }

  async function remove(input: sdk.DeletePipelineRequest, call: Call): Promise<sdk.DeletePipelineResponse> {
    assertImplemented("DeletePipeline", input, ["PipelineName", "ClientRequestToken"]);
    call.authorize("sagemaker:DeletePipeline", arn(input.PipelineName as string));
    checkToken(input);
    const { name } = pipelineOf(input.PipelineName);
    const running = executions.list().some((job) => job.request.pipeline.name === name && job.endedAt === undefined);
    if (running) throw new ServiceError("ConflictException", `Pipeline ${name} has an execution that has not ended.`);
    registry.remove("pipeline", name);
    return { PipelineArn: arn(name) };
  }

  async function describe(input: sdk.DescribePipelineRequest, call: Call): Promise<sdk.DescribePipelineResponse> {
    assertImplemented("DescribePipeline", input, ["PipelineName"]);
    const found = pipelineOf(input.PipelineName);
    call.authorize("sagemaker:DescribePipeline", arn(found.name));
    return {
      PipelineArn: arn(found.name),
      PipelineName: found.name,
      PipelineDisplayName: found.displayName ?? found.name,
      PipelineDefinition: found.definition,
      ...(found.description === undefined ? {} : { PipelineDescription: found.description }),
      RoleArn: found.roleArn,
      PipelineStatus: "Active",
      CreationTime: new Date(found.createdAt),
      LastModifiedTime: new Date(found.updatedAt),
    };
  }

  async function startExecution(input: sdk.StartPipelineExecutionRequest, call: Call): Promise<sdk.StartPipelineExecutionResponse> {
    const members = ["PipelineName", "PipelineExecutionDisplayName", "PipelineParameters", "PipelineExecutionDescription", "ClientRequestToken"];
    assertImplemented("StartPipelineExecution", input, members);
    const { name, definition, roleArn } = pipelineOf(input.PipelineName);
    call.authorize("sagemaker:StartPipelineExecution", arn(name));
    checkToken(input);
    const token = input.ClientRequestToken && createHash("sha256").update(`${name}/${input.ClientRequestToken}`).digest("hex");
    // Asked twice, SageMaker gives the same execution.
    const again = token ? executions.byToken(token) : undefined;
    if (again) return { PipelineExecutionArn: executionArn(name, again.id) };
    const parameters = parametersOf(readDefinition(definition), input.PipelineParameters ?? []);
    const id = newId();
    executions.submit(
      id,
      {
        ...{ pipeline: { name, definition, roleArn }, parameters },
        ...{ displayName: input.PipelineExecutionDisplayName, description: input.PipelineExecutionDescription },
      },
      token || undefined,
    );
    return { PipelineExecutionArn: executionArn(name, id) };
  }

  async function describeExecution(input: sdk.DescribePipelineExecutionRequest, call: Call): Promise<sdk.DescribePipelineExecutionResponse> {
    call.authorize("sagemaker:DescribePipelineExecution", input.PipelineExecutionArn as string);
    const job = executionOf(input.PipelineExecutionArn);
    const { pipeline, displayName, description } = job.request;
    return {
      PipelineArn: arn(pipeline.name),
      PipelineExecutionArn: executionArn(pipeline.name, job.id),
      PipelineExecutionDisplayName: displayName ?? `execution-${job.createdAt}`,
      PipelineExecutionStatus: statuses[job.state],
      ...(description === undefined ? {} : { PipelineExecutionDescription: description }),
      ...(job.failure === undefined ? {} : { FailureReason: job.failure.message }),
      CreationTime: new Date(job.createdAt),
      LastModifiedTime: new Date(job.endedAt ?? job.startedAt ?? job.createdAt),
    };
  }

  async function stopExecution(input: sdk.StopPipelineExecutionRequest, call: Call): Promise<sdk.StopPipelineExecutionResponse> {
    assertImplemented("StopPipelineExecution", input, ["PipelineExecutionArn", "ClientRequestToken"]);
    call.authorize("sagemaker:StopPipelineExecution", input.PipelineExecutionArn as string);
    const job = executionOf(input.PipelineExecutionArn);
    if (job.endedAt !== undefined) throw invalid(`The pipeline execution is in status ${statuses[job.state]}; only one that is Executing can be stopped.`);
    executions.stop(job.id);
    return { PipelineExecutionArn: input.PipelineExecutionArn };
  }

  async function listExecutions(input: sdk.ListPipelineExecutionsRequest, call: Call): Promise<sdk.ListPipelineExecutionsResponse> {
    assertImplemented("ListPipelineExecutions", input, ["PipelineName", "SortOrder", "MaxResults", "NextToken"]);
    const { name } = pipelineOf(input.PipelineName);
    call.authorize("sagemaker:ListPipelineExecutions", arn(name));
    const found = executions
      .list()
      .filter((job) => job.request.pipeline.name === name)
      .map((job) => ({
        PipelineExecutionArn: executionArn(name, job.id),
        StartTime: new Date(job.createdAt),
        PipelineExecutionStatus: statuses[job.state],
        ...(job.failure === undefined ? {} : { PipelineExecutionFailureReason: job.failure.message }),
      }));
    // (API reference, ListPipelineExecutions: by CreatedTime, the default; newest first here as on SageMaker)
    if (input.SortOrder !== "Ascending") found.reverse();
    const { page, next } = pageOf(found, input);
    return { PipelineExecutionSummaries: page, ...next };
  }

  async function listSteps(input: sdk.ListPipelineExecutionStepsRequest, call: Call): Promise<sdk.ListPipelineExecutionStepsResponse> {
    assertImplemented("ListPipelineExecutionSteps", input, ["PipelineExecutionArn", "SortOrder", "MaxResults", "NextToken"]);
    call.authorize("sagemaker:ListPipelineExecutionSteps", input.PipelineExecutionArn as string);
    const job = executionOf(input.PipelineExecutionArn);
    const found = stepsOf(job.id)
      .sort((a, b) => a.startedAt - b.startedAt)
      .map(({ name, status, startedAt, endedAt, failureReason, metadata }) => ({
        ...{ StepName: name, StartTime: new Date(startedAt), StepStatus: status, AttemptCount: 1 },
        ...(endedAt === undefined ? {} : { EndTime: new Date(endedAt) }),
        ...(failureReason === undefined ? {} : { FailureReason: failureReason }),
        ...(metadata === undefined ? {} : { Metadata: metadata }),
      }));
    if (input.SortOrder !== "Ascending") found.reverse();
    const { page, next } = pageOf(found, input);
    return { PipelineExecutionSteps: page, ...next };
  }

  return {
    operations: {
      ...{ CreatePipeline: create, UpdatePipeline: update, DeletePipeline: remove, DescribePipeline: describe },
      ...{ StartPipelineExecution: startExecution, DescribePipelineExecution: describeExecution, StopPipelineExecution: stopExecution },
      ...{ ListPipelineExecutions: listExecutions, ListPipelineExecutionSteps: listSteps },
    },
    putPipeline(declared) {
      readDefinition(declared.definition);
      const before = registry.get<Pipeline>("pipeline", declared.name);
      registry.put("pipeline", declared.name, { ...before, ...declared, createdAt: before?.createdAt ?? Date.now(), updatedAt: Date.now() });
    },
    start: () => executions.start(),
    close: () => executions.close(),
  };
}

/** (API reference, CreatePipeline.ClientRequestToken: 32 to 128 characters; who gives none is given one by the SDK) */
function checkToken({ ClientRequestToken: token }: { ClientRequestToken?: string | undefined }): void {
  if (token === undefined) return;
  if (token.length < 32 || token.length > 128) throw invalid(`ClientRequestToken has ${token.length} characters; it must have 32 to 128.`);
}

/** Twelve lower-case letters and digits, as SageMaker's. */
const newId = (): string =>
  BigInt(`0x${randomBytes(10).toString("hex")}`)
    .toString(36)
    .padStart(12, "0")
    .slice(0, 12);

const pageOf = <T>(all: readonly T[], { NextToken, MaxResults }: { NextToken?: string | undefined; MaxResults?: number | undefined }) => {
  const begin = Number(NextToken ?? 0);
  // (API reference: the default is 20)
  const end = begin + (MaxResults ?? 20);
  return { page: all.slice(begin, end), next: end < all.length ? { NextToken: String(end) } : {} };
};

/** The values of all parameters. Throws ValidationException that names everything that is missing, unknown or of another type. */
function parametersOf({ Parameters = [] }: PipelineDefinition, given: readonly sdk.Parameter[]): Record<string, string | number | boolean> {
  const problems = given.filter(({ Name }) => !Parameters.some((one) => one.Name === Name)).map(({ Name }) => `The pipeline has no parameter "${Name}".`);
  const values = Parameters.map(({ Name, Type, DefaultValue }): [string, string | number | boolean] => {
    const text = given.find((one) => one.Name === Name)?.Value;
    if (text === undefined && DefaultValue === undefined) problems.push(`The parameter "${Name}" has no default and must be given.`);
    if (text === undefined) return [Name, DefaultValue ?? ""];
    if (Type === "String") return [Name, text];
    const value = Type === "Boolean" ? { true: true, false: false }[text.toLowerCase()] : Number(text);
    if (value === undefined || Number.isNaN(value) || (Type === "Integer" && !Number.isInteger(value)))
      problems.push(`The parameter "${Name}" is "${text}", which is no ${Type}.`);
    return [Name, value ?? ""];
  });
  if (problems.length > 0) throw invalid(problems.join(" "));
  return Object.fromEntries(values);
}
