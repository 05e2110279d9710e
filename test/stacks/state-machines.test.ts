import { readFileSync } from "node:fs";
import { expect } from "chai";
import { deploy } from "../../local/deploy/deploy.ts";
import { offlineProvider } from "../../local/provider/offline.ts";
import { definitionFaults } from "../../local/services/states/lint.ts";
import { type State, statesOf } from "../../policies/documents.ts";
import { projectFolder } from "./project.ts";

/**
 * Every call that a machine of the platform makes of AWS: no other, whatever its role would allow. What is to be called from now on is looked
 * at here first.
 */
const calls = [
  "aws-sdk:mediaconvert:probe",
  "aws-sdk:rekognition:getLabelDetection",
  "aws-sdk:rekognition:getSegmentDetection",
  "aws-sdk:rekognition:startLabelDetection",
  "aws-sdk:rekognition:startSegmentDetection",
  "aws-sdk:s3:getObjectTagging",
  "aws-sdk:s3:putObjectTagging",
  "aws-sdk:sagemaker:createEndpointConfig",
  "aws-sdk:sagemaker:createModel",
  "aws-sdk:sagemaker:describeEndpoint",
  "aws-sdk:sagemaker:describeModelPackage",
  "aws-sdk:sagemaker:describePipelineExecution",
  "aws-sdk:sagemaker:startPipelineExecution",
  "aws-sdk:sagemaker:updateEndpoint",
  "aws-sdk:sagemaker:updateModelPackage",
  "aws-sdk:sfn:describeExecution",
  "aws-sdk:sfn:redriveExecution",
  "dynamodb:putItem",
  "dynamodb:updateItem",
  "ecs:runTask.sync",
  "events:putEvents",
  "lambda:invoke",
  "mediaconvert:createJob.sync",
  "sagemaker:createModel",
  "sagemaker:createProcessingJob.sync",
  "sagemaker:createTrainingJob.sync",
  "sagemaker:createTransformJob.sync",
  "states:startExecution.sync:2",
];

/**
 * What a task that asks a service may not keep or hand on: its whole answer, which may be as large as a state's limit, 256 KiB. What a function
 * answers has a contract of its own (`contracts/steps.ts`): names, places and counts.
 */
const whole = /^\{%\s*\$states\.result\s*%\}$/;
/** A probe tells of the tracks of a file, which the function that judges it needs all of. */
const needed = ["case-analysis.Probe.Assign.probe", "case-analysis.ProbeCopy.Assign.probe"];

/** Texts anywhere in a value, with where they are. */
function* textsIn(value: unknown, path: string): Generator<[path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  else if (typeof value === "object" && value !== null) for (const [key, inner] of Object.entries(value)) yield* textsIn(inner, `${path}.${key}`);
}

/** What a state keeps for later states, and hands on: its own, those of what it catches, and those of its choices. */
function* keptBy({ name, raw }: State): Generator<[path: string, text: string]> {
  const {
    Assign,
    Output,
    Catch = [],
    Choices = [],
  } = raw as Record<"Assign" | "Output", unknown> & Partial<Record<"Catch" | "Choices", Record<string, unknown>[]>>;
  for (const holder of [{ Assign, Output }, ...Catch, ...Choices]) {
    yield* textsIn(holder["Assign"], `${name}.Assign`);
    yield* textsIn(holder["Output"], `${name}.Output`);
  }
}

describe("every state machine of production, with what is off as delivered", () => {
  const machines = new Map<string, unknown>();
  const states: { machine: string; state: State }[] = [];
  before(async () => {
    const yaml = readFileSync("Pulumi.prod.yaml", "utf8")
      .replace("svp:report: { writer: template }", "svp:report: { writer: bedrock, modelId: amazon.nova-lite-v1:0 }")
      .replace("labels: false", "labels: true");
    const folder = projectFolder({ "Pulumi.prod.yaml": yaml });
    try {
      const { resources } = await deploy({ root: folder.root, stack: "prod", provider: offlineProvider() });
      for (const { type, name, inputs } of resources)
        if (type === "aws:sfn/stateMachine:StateMachine") machines.set(name, JSON.parse(inputs["definition"] as string));
    } finally {
      folder.remove();
    }
    for (const [machine, definition] of machines) for (const state of statesOf(definition)) states.push({ machine, state });
  });
  /** Of each task that is wrong, what it is called. */
  const wrong = (is: (state: State) => boolean): string[] =>
    states.filter(({ state }) => state.type === "Task" && is(state)).map(({ machine, state }) => `${machine}.${state.name}`);

  it("is what the language allows, and what the interpreter runs", async () => {
    expect(machines.size).to.be.above(8);
    for (const [name, definition] of machines) expect(await definitionFaults(definition), name).to.deep.equal([]);
  });

  it("ends each task in time, tries again what passes, and catches every error", () => {
    expect(wrong(({ raw }) => raw["TimeoutSeconds"] === undefined)).to.deep.equal([]);
    expect(wrong(({ raw }) => ((raw["Retry"] ?? []) as unknown[]).length === 0)).to.deep.equal([]);
    const last = ({ raw }: State): string => (((raw["Catch"] ?? []) as { ErrorEquals: string[] }[]).at(-1)?.ErrorEquals ?? []).join();
    // What a task in a Map or Parallel does not catch, that one may.
    expect(wrong((state) => ![state, ...state.around].some((one) => last(one) === "States.ALL"))).to.deep.equal([]);
  });

  it("calls nothing but what is listed, and all of that is called by one", () => {
    const called = new Set(states.flatMap(({ state }) => (state.type === "Task" ? [state.resource.replace("arn:aws:states:::", "")] : [])));
    expect([...called].sort()).to.deep.equal(calls);
  });

  it("keeps and hands on of an answer what it names, never the whole", () => {
    const asking = states.filter(({ state }) => state.type === "Task" && !state.resource.includes("lambda:invoke"));
    const kept = asking.flatMap(({ machine, state }) => [...keptBy(state)].filter(([, text]) => whole.test(text)).map(([path]) => `${machine}.${path}`));
    expect(kept).to.deep.equal(needed);
  });
});
