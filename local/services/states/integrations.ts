import type { Json, JsonObject } from "./definition.ts";
import { StatesError } from "./error.ts";
import { hasOperation, isServiceName, type SdkCaller, type ServiceName, unknownParameters } from "./sdk.ts";

/** How a Task waits: for the response, for the job it starts (`.sync`), or for a callback. */
export type Pattern = "" | ".sync" | ".sync:2" | ".waitForTaskToken";

/** A Task's resource, taken apart. */
export interface Integration {
  readonly service: ServiceName;
  readonly operation: string;
  readonly pattern: Pattern;
  /** An integration made by Step Functions for this operation, or a plain SDK call (`aws-sdk:`). */
  readonly optimised: boolean;
}

/** Optimised integrations and the patterns they know here. */
const optimised: Readonly<Record<string, readonly Pattern[]>> = {
  "lambda:invoke": ["", ".waitForTaskToken"],
  "dynamodb:getItem": [""],
  "dynamodb:putItem": [""],
  "dynamodb:updateItem": [""],
  "sqs:sendMessage": ["", ".waitForTaskToken"],
  "events:putEvents": [""],
  "mediaconvert:createJob": ["", ".sync"],
  "sagemaker:createProcessingJob": ["", ".sync"],
  "sagemaker:createTransformJob": ["", ".sync"],
  "sagemaker:createTrainingJob": ["", ".sync"],
  "sagemaker:createModel": [""],
  "ecs:runTask": ["", ".sync"],
  "states:startExecution": ["", ".sync:2"],
};

/** Services whose every operation may be called as `aws-sdk:service:operation`. */
const sdkIntegrations: readonly string[] = ["s3", "mediaconvert", "rekognition", "dynamodb", "sagemaker", "sfn"];

/** Takes a resource apart; undefined if the local cloud does not implement it. */
export function parseResource(resource: string): Integration | undefined {
  const plain = /^arn:aws:states:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(resource);
  if (plain) {
    const [, service = "", operation = ""] = plain;
    return isServiceName(service) && sdkIntegrations.includes(service) ? { service, operation, pattern: "", optimised: false } : undefined;
  }
  const [, service = "", operation = "", pattern = ""] =
    /^arn:aws:states:::([a-z0-9]+):([A-Za-z0-9]+)(\.sync(?::2)?|\.waitForTaskToken)?$/.exec(resource) ?? [];
  const patterns = optimised[`${service}:${operation}`];
  if (!isServiceName(service) || !patterns?.includes(pattern as Pattern)) return undefined;
  return { service, operation, pattern: pattern as Pattern, optimised: true };
}

/** Why a Task of this resource with these (unevaluated) arguments cannot run. */
export async function integrationFaults(resource: string, template: Json | undefined): Promise<string[]> {
  const integration = parseResource(resource);
  if (integration === undefined) return [`its Resource ${resource} is no integration that the local cloud implements`];
  const { service, operation } = integration;
  if (!(await hasOperation(service, operation))) return [`its Resource ${resource} names no operation of ${service}`];
  // An expression is judged when it is evaluated; anything else that is no object, the schema of the language refuses.
  if (template === undefined || !isObject(template)) return [];
  return (await unknownParameters(service, operation, requestOf(integration, template))).map((name) => `${service}:${operation} has no parameter ${name}`);
}

const isObject = (value: Json): value is JsonObject => value !== null && typeof value === "object" && !Array.isArray(value);

const asText = (value: Json | undefined): Json => (value === undefined || typeof value === "string" ? (value ?? null) : JSON.stringify(value));

/** The SDK input for a Task's arguments: JSON payloads become text, as the optimised integrations do. */
export function requestOf({ service, operation, optimised }: Integration, args: Json): JsonObject {
  if (!isObject(args)) throw new StatesError("States.Runtime", `The arguments of ${service}:${operation} are ${JSON.stringify(args)}; they must be an object.`);
  if (!optimised) return service === "sfn" ? camelMembers(args) : args;
  switch (`${service}:${operation}`) {
    case "lambda:invoke":
      return args["Payload"] === undefined ? args : { ...args, Payload: JSON.stringify(args["Payload"]) };
    case "states:startExecution": {
      const input = camelMembers(args);
      return input["input"] === undefined ? input : { ...input, input: asText(input["input"]) };
    }
    case "ecs:runTask":
      return camelKeys(args) as JsonObject;
    case "sqs:sendMessage":
      return { ...args, MessageBody: asText(args["MessageBody"]) };
    case "events:putEvents": {
      const { Entries } = args;
      if (!Array.isArray(Entries)) return args;
      return {
        ...args,
        Entries: Entries.map((entry) =>
          entry !== null && typeof entry === "object" && "Detail" in entry ? { ...entry, Detail: asText((entry as JsonObject)["Detail"]) } : entry,
        ),
      };
    }
    default:
      return args;
  }
}

/** Members as the SDK of Step Functions names them: its names begin with lower-case letters; those of integrations don't. */
const camelMembers = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.charAt(0).toLowerCase() + name.slice(1), inner]));

/** The integration with ECS names members in capitals, at every depth; the SDK begins them with lower-case letters. */
const renamed = (value: Json, rename: (name: string) => string): Json =>
  Array.isArray(value)
    ? value.map((inner) => renamed(inner, rename))
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]))
      : value;
const camelKeys = (value: Json): Json => renamed(value, (name) => name.charAt(0).toLowerCase() + name.slice(1));
export const deepPascalKeys = (value: Json): Json => renamed(value, (name) => name.charAt(0).toUpperCase() + name.slice(1));

/** Members as integrations with Step Functions itself name them. */
export const pascalKeys = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.charAt(0).toUpperCase() + name.slice(1), inner]));

function invocationResult({ Payload, FunctionError, StatusCode, ExecutedVersion }: JsonObject): Json {
  const text = typeof Payload === "string" && Payload !== "" ? Payload : "null";
  const payload = JSON.parse(text) as Json;
  if (FunctionError !== undefined) {
    const { errorType } = (payload ?? {}) as JsonObject;
    throw new StatesError(typeof errorType === "string" ? errorType : "Lambda.Unknown", text.slice(0, 32_768));
  }
  return { ExecutedVersion: ExecutedVersion ?? "$LATEST", Payload: payload, StatusCode: StatusCode ?? 200 };
}

/** Makes the Task's request once and gives its result, in the shape Step Functions gives it. */
export async function request(sdk: SdkCaller, integration: Integration, args: Json, signal?: AbortSignal): Promise<Json> {
  const { service, operation } = integration;
  const prefix = integration.optimised && service === "dynamodb" ? "DynamoDB" : undefined;
  const output = await sdk.call(service, operation, requestOf(integration, args), { signal, prefix });
  if (!integration.optimised) return service === "sfn" ? pascalKeys(output) : output;
  if (service === "lambda") return invocationResult(output);
  if (service === "states") return pascalKeys(output);
  if (service === "ecs") return deepPascalKeys(output);
  if (service === "events" && typeof output["FailedEntryCount"] === "number" && output["FailedEntryCount"] > 0) {
    throw new StatesError("EventBridge.FailedEntry", JSON.stringify(output));
  }
  return output;
}
