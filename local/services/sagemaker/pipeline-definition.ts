import { z } from "zod";
import { notImplemented, ServiceError } from "../../wire/service.ts";

/*
 * The definition of a pipeline, version 2020-12-01, as far as it is run here. Forms are those of AWS's published schema
 * (github.com/aws-sagemaker-mlops/sagemaker-model-building-pipeline-definition-JSON-schema, commit b4012b0 of 2025-04-03) and, where SageMaker's own
 * Python SDK writes what that schema does not have, of the SDK: `On` of a join, `Std:JsonGet`, `PropertyFiles`.
 */

const stepName = z.string().regex(/^[A-Za-z0-9\-_]{1,64}$/, "must be 1 to 64 letters, digits, hyphens and underscores");
const get = z.strictObject({ Get: z.string().min(1) });
const join = z.strictObject({ "Std:Join": z.strictObject({ On: z.string().optional(), Values: z.array(z.union([z.string(), get])) }) });
const jsonGet = z.strictObject({ "Std:JsonGet": z.strictObject({ PropertyFile: get, Path: z.string().min(1) }) });
export type Get = z.infer<typeof get>;
export type Join = z.infer<typeof join>;
export type JsonGet = z.infer<typeof jsonGet>;

const common = { Name: stepName, DependsOn: z.array(stepName).optional(), DisplayName: stepName.optional(), Description: z.string().optional() };
const propertyFile = z.strictObject({ PropertyFileName: stepName, OutputName: z.string().min(1), FilePath: z.string().min(1) });
const processing = z.strictObject({
  ...common,
  Type: z.literal("Processing"),
  Arguments: z.record(z.string(), z.unknown()),
  PropertyFiles: z.array(propertyFile).optional(),
});
const training = z.strictObject({ ...common, Type: z.literal("Training"), Arguments: z.record(z.string(), z.unknown()) });
const registerModel = z.strictObject({ ...common, Type: z.literal("RegisterModel"), Arguments: z.record(z.string(), z.unknown()) });
const fail = z.strictObject({ ...common, Type: z.literal("Fail"), Arguments: z.strictObject({ ErrorMessage: z.union([z.string(), get, join]) }) });
const leaf = z.discriminatedUnion("Type", [processing, training, registerModel, fail]);

const comparable = z.union([z.string(), z.number(), z.boolean(), get, join, jsonGet]);
const comparison = z.strictObject({
  Type: z.enum(["Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo"]),
  LeftValue: comparable,
  RightValue: comparable,
});
const condition = z.strictObject({
  ...common,
  Type: z.literal("Condition"),
  Arguments: z.strictObject({ Conditions: z.array(comparison).min(1), IfSteps: z.array(leaf).optional(), ElseSteps: z.array(leaf).optional() }),
});

const parameter = z.strictObject({
  Name: stepName,
  Type: z.enum(["String", "Integer", "Float", "Boolean"]),
  Description: z.string().optional(),
  DefaultValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

const definition = z.strictObject({
  Version: z.literal("2020-12-01"),
  Metadata: z.record(z.string(), z.string()).optional(),
  Parameters: z.array(parameter).optional(),
  Steps: z.array(z.discriminatedUnion("Type", [processing, training, registerModel, fail, condition])).min(1),
});
export type PipelineDefinition = z.infer<typeof definition>;
export type Step = PipelineDefinition["Steps"][number];
export type LeafStep = z.infer<typeof leaf>;
export type ConditionStep = z.infer<typeof condition>;
export type Comparison = z.infer<typeof comparison>;

/** Types that a pipeline may have and that nothing here runs (published schema, "Steps"). */
const notRun = ["AutoML", "Callback", "ClarifyCheck", "EMR", "Endpoint", "EndpointConfig", "Lambda", "Model", "QualityCheck", "Transform", "Tuning"];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Every object within a value that asks for something of the execution. */
function* referencesIn(value: unknown): Generator<Get | JsonGet> {
  if (Array.isArray(value)) for (const one of value) yield* referencesIn(one);
  if (!isObject(value)) return;
  if (typeof value["Get"] === "string" && Object.keys(value).length === 1) yield value as Get;
  else if ("Std:JsonGet" in value) yield value as JsonGet;
  else for (const one of Object.values(value)) yield* referencesIn(one);
}

/** Steps of one level and of the branches below it, with the steps that each must come after. */
export const allSteps = (steps: readonly Step[]): Step[] =>
  steps.flatMap((step) => (step.Type === "Condition" ? [step, ...(step.Arguments.IfSteps ?? []), ...(step.Arguments.ElseSteps ?? [])] : [step]));

/** The names of the steps that a step waits for: what it says, and what it takes a value of. */
export function waitsFor(step: Step): string[] {
  const taken = [...referencesIn(step.Arguments)].flatMap((one) => stepOf("Get" in one ? one.Get : one["Std:JsonGet"].PropertyFile.Get) ?? []);
  const inner = step.Type === "Condition" ? new Set(allSteps([step]).map(({ Name }) => Name)) : new Set<string>();
  return [...new Set([...(step.DependsOn ?? []), ...taken])].filter((name) => !inner.has(name));
}

const stepOf = (reference: string): string | undefined => /^Steps\.([^.]+)\./.exec(reference)?.[1];

/**
 * Reads a definition. Throws ValidationException that names everything that is wrong with it at once, or NotImplemented for kinds of steps that are
 * right but not run here.
 */
export function readDefinition(text: string): PipelineDefinition {
  const invalid = (problems: readonly string[]) => new ServiceError("ValidationException", `The pipeline definition is not valid: ${problems.join(" ")}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid([`it is not JSON: ${(error as Error).message}.`]);
  }
  const types = list(isObject(json) ? json["Steps"] : undefined).map((step) => (isObject(step) ? String(step["Type"]) : ""));
  const others = [...new Set(types.filter((type) => notRun.includes(type)))];
  if (others.length > 0) throw notImplemented(`pipeline steps of the type ${others.join(", ")}`);
  const { data, error } = definition.safeParse(json);
  if (!data) throw invalid(error.issues.map(({ path, message }) => `${path.join(".") || "the definition"}: ${message}.`));
  const problems = problemsOf(data);
  if (problems.length > 0) throw invalid(problems);
  return data;
}

/** Variables of an execution that can be asked for. (SageMaker Developer Guide, "Pipelines: execution variables") */
export const executionVariables = ["PipelineExecutionId", "PipelineExecutionArn", "PipelineName", "PipelineArn", "StartDateTime", "CurrentDateTime"];

function problemsOf({ Parameters = [], Steps }: PipelineDefinition): string[] {
  const steps = allSteps(Steps);
  const names = steps.map(({ Name }) => Name);
  const parameters = new Set(Parameters.map(({ Name }) => Name));
  const problems = [...repeated("step", names), ...repeated("parameter", [...Parameters.map(({ Name }) => Name)])];
  for (const step of steps) {
    for (const name of waitsFor(step)) if (!names.includes(name)) problems.push(`Step ${step.Name} waits for ${name}, which is no step.`);
    for (const one of referencesIn(step.Arguments)) {
      if ("Get" in one) {
        const [kind, name = ""] = one.Get.split(".");
        const known = kind === "Parameters" ? parameters.has(name) : kind === "Execution" ? executionVariables.includes(name) : kind === "Steps";
        if (!known) problems.push(`Step ${step.Name} asks for ${one.Get}, which is not there.`);
      } else if (!hasPropertyFile(steps, one)) problems.push(`Step ${step.Name} reads ${one["Std:JsonGet"].PropertyFile.Get}, which no step leaves.`);
    }
  }
  if (problems.length === 0 && hasCircle(Steps)) problems.push("Steps wait for one another in a circle.");
  return problems;
}

const repeated = (what: string, names: readonly string[]): string[] =>
  [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((name) => `There are two ${what}s with the name ${name}.`);

function hasPropertyFile(steps: readonly Step[], { "Std:JsonGet": { PropertyFile } }: JsonGet): boolean {
  const [, name, file] = /^Steps\.([^.]+)\.PropertyFiles\.([^.]+)$/.exec(PropertyFile.Get) ?? [];
  const step = steps.find(({ Name }) => Name === name);
  return step?.Type === "Processing" && (step.PropertyFiles ?? []).some(({ PropertyFileName }) => PropertyFileName === file);
}

function hasCircle(steps: readonly Step[]): boolean {
  const done = new Set<string>();
  for (let left = [...steps]; left.length > 0; ) {
    const ready = left.filter((step) => waitsFor(step).every((name) => done.has(name) || !steps.some(({ Name }) => Name === name)));
    if (ready.length === 0) return true;
    for (const step of ready) for (const { Name } of allSteps([step])) done.add(Name);
    left = left.filter((step) => !ready.includes(step));
  }
  return false;
}
