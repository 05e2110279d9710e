import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry";
import { NormalizedSchema } from "@smithy/core/schema";
import type { Credentials } from "../seams.ts";
import type { Json, JsonObject } from "./definition.ts";
import { StatesError, TransientError } from "./error.ts";
import { expressionOf } from "./expressions.ts";

// biome-ignore lint/suspicious/noExplicitAny: SDK modules are looked into by operation name.
type SdkModule = Record<string, any>;

interface SdkService {
  readonly load: () => Promise<SdkModule>;
  readonly client: string;
  /** Prefix of error names; `base` is the SDK's own class for errors without a model. */
  readonly prefix: string;
  readonly base: string;
}

/** The services that state machines may call, by the name used in resources. */
const sdkServices = {
  lambda: { load: () => import("@aws-sdk/client-lambda"), client: "LambdaClient", prefix: "Lambda", base: "AWSLambdaException" },
  dynamodb: { load: () => import("@aws-sdk/client-dynamodb"), client: "DynamoDBClient", prefix: "DynamoDb", base: "DynamoDbException" },
  sqs: { load: () => import("@aws-sdk/client-sqs"), client: "SQSClient", prefix: "SQS", base: "AmazonSQSException" },
  events: { load: () => import("@aws-sdk/client-eventbridge"), client: "EventBridgeClient", prefix: "EventBridge", base: "AmazonEventBridgeException" },
  states: { load: () => import("@aws-sdk/client-sfn"), client: "SFNClient", prefix: "StepFunctions", base: "SFNServiceException" },
  sfn: { load: () => import("@aws-sdk/client-sfn"), client: "SFNClient", prefix: "Sfn", base: "SfnException" },
  s3: { load: () => import("@aws-sdk/client-s3"), client: "S3Client", prefix: "S3", base: "S3Exception" },
  mediaconvert: { load: () => import("@aws-sdk/client-mediaconvert"), client: "MediaConvertClient", prefix: "MediaConvert", base: "MediaConvertException" },
  rekognition: { load: () => import("@aws-sdk/client-rekognition"), client: "RekognitionClient", prefix: "Rekognition", base: "RekognitionException" },
  sagemaker: { load: () => import("@aws-sdk/client-sagemaker"), client: "SageMakerClient", prefix: "SageMaker", base: "SageMakerException" },
  ecs: { load: () => import("@aws-sdk/client-ecs"), client: "ECSClient", prefix: "ECS", base: "AmazonECSException" },
} satisfies Record<string, SdkService>;
export type ServiceName = keyof typeof sdkServices;

export const isServiceName = (name: string): name is ServiceName => Object.hasOwn(sdkServices, name);

const pascal = (operation: string): string => operation.charAt(0).toUpperCase() + operation.slice(1);

/** Whether the SDK of a service has an operation, named as in a resource (`putObjectTagging`). */
export async function hasOperation(service: ServiceName, operation: string): Promise<boolean> {
  const sdk: SdkModule = await sdkServices[service].load();
  return /^[a-z]/.test(operation) && `${pascal(operation)}$` in sdk && `${pascal(operation)}Command` in sdk;
}

function faultsOf(schema: NormalizedSchema, value: Json, path: string): string[] {
  if (value === null || expressionOf(value) !== undefined) return [];
  if (schema.isStructSchema() || schema.isUnionSchema()) {
    if (typeof value !== "object" || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([member, inner]) => {
      const known = schema.getMemberSchemas()[member];
      return known === undefined ? [`${path}${member}`] : faultsOf(known, inner, `${path}${member}.`);
    });
  }
  if (schema.isListSchema() && Array.isArray(value)) return value.flatMap((inner, i) => faultsOf(schema.getValueSchema(), inner, `${path}${i}.`));
  if (schema.isMapSchema() && typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => faultsOf(schema.getValueSchema(), inner, `${path}${key}.`));
  }
  return [];
}

/** Parameters in a (template of an) input that the operation does not have. The SDK would drop them in silence. */
export async function unknownParameters(service: ServiceName, operation: string, input: Json): Promise<string[]> {
  const sdk: SdkModule = await sdkServices[service].load();
  const [, , , , inputSchema] = sdk[`${pascal(operation)}$`];
  return faultsOf(NormalizedSchema.of(inputSchema), input, "");
}

/** An SDK input from JSON: timestamps become dates. */
function toInput(schema: NormalizedSchema, value: Json): unknown {
  if (value === null) return value;
  if (schema.isTimestampSchema()) return new Date(typeof value === "number" ? value * 1000 : String(value));
  if (schema.isBlobSchema()) return typeof value === "string" ? value : JSON.stringify(value);
  if (schema.isListSchema() && Array.isArray(value)) return value.map((inner) => toInput(schema.getValueSchema(), inner));
  if (typeof value !== "object" || Array.isArray(value)) return value;
  if (schema.isMapSchema()) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toInput(schema.getValueSchema(), inner)]));
  if (schema.isStructSchema() || schema.isUnionSchema()) {
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, toInput(schema.getMemberSchemas()[member]!, inner)]));
  }
  return value;
}

/** JSON from an SDK output: dates become ISO texts, streams are read, undefined members go. */
async function toJson(value: unknown): Promise<Json> {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (Array.isArray(value)) return Promise.all(value.map(toJson));
  if (typeof value !== "object") return value as Json;
  if ("transformToString" in value) return (value as { transformToString(): Promise<string> }).transformToString();
  const members = Object.entries(value).filter(([name, inner]) => name !== "$metadata" && inner !== undefined);
  return Object.fromEntries(await Promise.all(members.map(async ([name, inner]) => [name, await toJson(inner)] as const)));
}

/**
 * The name Step Functions gives an SDK error: `S3.NoSuchKeyException`. Errors that the service's model lacks (AccessDenied)
 * carry the SDK's general name (`S3.S3Exception`), a service that can't be reached `S3.SdkClientException`.
 */
function statesError({ prefix, base }: SdkService, sdk: SdkModule, error: unknown): StatesError {
  const named = sdkErrorName({ prefix, base }, sdk, error);
  const known = error as SdkFault;
  return isThrottlingError(known) || isTransientError(known) || isServerError(known) ? new TransientError(named.error, named.causeText) : named;
}

type SdkFault = Parameters<typeof isTransientError>[0];

function sdkErrorName({ prefix, base }: Pick<SdkService, "prefix" | "base">, sdk: SdkModule, error: unknown): StatesError {
  const { name = "Error", message = String(error), $metadata, $fault } = error as Error & { $metadata?: object; $fault?: string };
  if ($fault === undefined || $metadata === undefined) return new StatesError(`${prefix}.SdkClientException`, message);
  const modelled = typeof sdk[name] === "function" && name !== "Error";
  return new StatesError(modelled ? `${prefix}.${name.endsWith("Exception") ? name : `${name}Exception`}` : `${prefix}.${base}`, `${message} (${name})`);
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** `optimised` integrations of DynamoDB prefix their errors `DynamoDB`, `aws-sdk` ones `DynamoDb`. */
  readonly prefix?: string | undefined;
  /** Leaves what meets trouble to the caller: the SDK would ask again by itself. */
  readonly once?: boolean;
}

/** Calls SDK operations as a role. */
export interface SdkCaller {
  /** Throws StatesError; TransientError if the same request may well succeed later. */
  call(service: ServiceName, operation: string, input: Json, options?: CallOptions): Promise<JsonObject>;
  close(): void;
}

/** SDK clients that sign with a role's credentials and call the given endpoint. */
export function createSdkCaller(region: string, endpoint: () => string, credentials: Credentials): SdkCaller {
  const clients = new Map<string, { send(command: unknown, options: object): Promise<unknown>; destroy(): void }>();
  return {
    async call(service, operation, input, { signal, prefix, once = false } = {}) {
      const description: SdkService = sdkServices[service];
      const sdk = await description.load();
      const unknown = await unknownParameters(service, operation, input);
      if (unknown.length > 0) throw new StatesError("States.Runtime", `${service}:${operation} has no parameter ${unknown.join(", ")}.`);
      const key = once ? `${service} once` : service;
      const client = clients.get(key) ?? new sdk[description.client]({ region, endpoint: endpoint(), credentials, ...(once && { maxAttempts: 1 }) });
      clients.set(key, client);
      const command = pascal(operation);
      const [, , , , inputSchema] = sdk[`${command}$`];
      try {
        const output = await client.send(new sdk[`${command}Command`](toInput(NormalizedSchema.of(inputSchema), input)), { abortSignal: signal });
        return (await toJson(output)) as JsonObject;
      } catch (error) {
        throw statesError({ ...description, prefix: prefix ?? description.prefix }, sdk, error);
      }
    },
    close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}
