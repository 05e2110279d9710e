import type { NormalizedSchema } from "@smithy/core/schema";
import type { $SchemaRef } from "@smithy/types";
import { matchesRoute, parseJson, type Route, readInput, routeOf, writeOutput } from "./rest-json.ts";
import { type Call, notImplemented, type OperationService, ServiceError, type WireRequest, type WireResponse } from "./service.ts";
import { decode, encode, schemaOf } from "./shapes.ts";

/** An operation service as the server sees it. */
export interface Dispatcher {
  readonly signingName: string;
  /** Whether the request is one of this service. SageMaker and SageMaker Runtime share a signing name. */
  accepts(request: WireRequest): boolean;
  /** Runs the operation that the request names. @throws ServiceError */
  dispatch(request: WireRequest, body: Buffer, call: Call): Promise<WireResponse>;
  /** The error in the form that the service's SDK client reads. */
  refuse(error: ServiceError, requestId: string): WireResponse;
}

/** Why this call of an operation is refused before the service sees it; undefined if it isn't. */
export type Refusal = (service: string, operation: string) => ServiceError | undefined;

/** What the SDK client's protocol tells. */
interface Protocol {
  getShapeId(): string;
  readonly serviceTarget?: string;
}

interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly http: readonly [string, string, number] | undefined;
}

/**
 * Makes a service answer the requests of its SDK client, from the client's own run-time schemas; `refusal` may refuse some.
 * @throws Error if the service names an operation that the SDK lacks, or the SDK speaks a protocol other than awsJson 1.0, 1.1 and restJson1.
 */
export function createDispatcher(service: OperationService, refusal: Refusal = () => undefined): Dispatcher {
  const protocol = protocolOf(service.sdk);
  const schemas = operationSchemas(service.sdk);
  const unknown = Object.keys(service.operations).filter((name) => !schemas.has(name));
  if (unknown.length > 0) throw new Error(`Service "${service.signingName}": the SDK has no operation ${unknown.join(", ")}.`);
  const operationOf = (name: string) => {
    const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    if (!operation) throw notImplemented(`${service.signingName}:${name}`);
    const refused = refusal(service.signingName, name);
    if (refused) throw refused;
    return operation;
  };

  const id = protocol.getShapeId();
  if (id === "aws.protocols#restJson1") return restJson(service, schemas, operationOf);
  if (id === "aws.protocols#awsJson1_0") return awsJson(service, schemas, operationOf, protocol.serviceTarget as string, "1.0");
  if (id === "aws.protocols#awsJson1_1") return awsJson(service, schemas, operationOf, protocol.serviceTarget as string, "1.1");
  throw new Error(`Service "${service.signingName}" speaks ${id}, which the wire does not.`);
}

type OperationOf = (name: string) => OperationService["operations"][string];

function awsJson(
  service: OperationService,
  schemas: ReadonlyMap<string, OperationSchema>,
  operationOf: OperationOf,
  target: string,
  version: string,
): Dispatcher {
  const contentType = `application/x-amz-json-${version}`;
  const format = { jsonNames: false };
  return {
    signingName: service.signingName,
    accepts: ({ headers }) => headers["x-amz-target"]?.startsWith(`${target}.`) === true,
    async dispatch(request, body, call) {
      const name = (request.headers["x-amz-target"] as string).slice(target.length + 1);
      const operation = operationOf(name);
      const { input: inputSchema, output: outputSchema } = schemas.get(name) as OperationSchema;
      const problems: string[] = [];
      const parsed = body.length === 0 ? {} : parseJson(body, problems);
      const input = parsed === undefined || inputSchema.isUnitSchema() ? {} : decode(inputSchema, parsed, "", format, problems);
      refuseIfAny(problems);
      const output = await operation(input, call);
      const json = outputSchema.isUnitSchema() ? {} : encode(outputSchema, output, "", format);
      return { status: 200, headers: { "content-type": contentType }, body: JSON.stringify(json) };
    },
    refuse(error, requestId) {
      const query = queryErrorOf(service.sdk, error.code);
      return {
        status: error.status,
        headers: { "content-type": contentType, "x-amzn-requestid": requestId, ...(query ? { "x-amzn-query-error": `${query};${fault(error)}` } : {}) },
        body: JSON.stringify({ __type: error.code, message: error.message }),
      };
    },
  };
}

function restJson(service: OperationService, schemas: ReadonlyMap<string, OperationSchema>, operationOf: OperationOf): Dispatcher {
  const routes: { schema: OperationSchema; route: Route }[] = [];
  for (const schema of schemas.values()) if (schema.http) routes.push({ schema, route: routeOf(schema.http) });
  // A literal path wins over a label, and a longer query over a shorter one.
  routes.sort((a, b) => b.route.staticQuery.size - a.route.staticQuery.size || a.route.labels.length - b.route.labels.length);
  return {
    signingName: service.signingName,
    accepts: ({ headers }) => headers["x-amz-target"] === undefined,
    async dispatch(request, body, call) {
      const found = routes.find(({ route }) => matchesRoute(route, request));
      if (!found) throw notImplemented(`${service.signingName}: ${request.method} ${request.path}`);
      const { schema, route } = found;
      const operation = operationOf(schema.name);
      const problems: string[] = [];
      const input = readInput(route, schema.input, request, body, problems);
      refuseIfAny(problems);
      return writeOutput(route, schema.output, await operation(input, call));
    },
    refuse: (error, requestId) => ({
      status: error.status,
      headers: { "content-type": "application/json", "x-amzn-errortype": error.code, "x-amzn-requestid": requestId },
      body: JSON.stringify({ message: error.message, ...error.members }),
    }),
  };
}

function refuseIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new ServiceError("ValidationException", problems.join(" "));
}

const fault = ({ status }: ServiceError): string => (status < 500 ? "Sender" : "Receiver");

function protocolOf(sdk: object): Protocol {
  type Client = new (config: object) => { config: { protocol: Protocol } };
  const client = Object.entries(sdk).find(([name]) => /^[A-Z]\w*Client$/.test(name))?.[1] as Client | undefined;
  if (!client) throw new Error("The SDK module has no client.");
  return new client({ region: "us-east-1", credentials: { accessKeyId: "unused", secretAccessKey: "unused" } }).config.protocol;
}

/** The run-time schemas that an SDK module exports as `StartExecution$`: `[9, namespace, name, traits, input, output]`. */
function operationSchemas(sdk: object): Map<string, OperationSchema> {
  const result = new Map<string, OperationSchema>();
  for (const value of Object.values(sdk)) {
    if (!Array.isArray(value) || value[0] !== 9) continue;
    const [, , name, traits, input, output] = value as [9, string, string, unknown, $SchemaRef, $SchemaRef];
    const http = typeof traits === "object" ? (traits as { http?: [string, string, number] }).http : undefined;
    result.set(name, { name, input: schemaOf(input), output: schemaOf(output), http });
  }
  return result;
}

/** The code that a service which once spoke the Query protocol (SQS) has for an error. */
function queryErrorOf(sdk: object, code: string): string | undefined {
  const schema = (sdk as Record<string, unknown>)[`${code}$`];
  if (!Array.isArray(schema)) return undefined;
  return (schemaOf(schema as never).getMergedTraits()["awsQueryError"] as [string, number] | undefined)?.[0];
}
