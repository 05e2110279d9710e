import { join } from "node:path";
import type { DescribeEndpointInput, DescribeEndpointOutput } from "@aws-sdk/client-sagemaker";
import type { InvokeEndpointInput, InvokeEndpointOutput } from "@aws-sdk/client-sagemaker-runtime";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import { type AsyncOutput, createAsyncInvocations } from "./async-invocations.ts";
import { authorizePull, type Image } from "./container.ts";
import { createEndpointContainer, type EndpointContainer } from "./endpoint-container.ts";
import type { Registry } from "./registry.ts";

/** A model: an image, what it runs as, and where its files lie. */
export interface Model {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly modelDataPrefix?: string | undefined;
}

export interface EndpointConfig {
  readonly name: string;
  readonly modelName: string;
  readonly variantName: string;
  /** Of an asynchronous endpoint. */
  readonly asynchronous?: AsyncOutput | undefined;
}

export interface Endpoint {
  readonly name: string;
  readonly arn: string;
  readonly configName: string;
}

export interface Endpoints {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly runtimeOperations: Readonly<Record<string, Operation>>;
  putModel(model: Model): void;
  putEndpointConfig(config: EndpointConfig): void;
  putEndpoint(endpoint: Endpoint): void;
  /** Starts answering what asynchronous endpoints were asked, first what was left over. */
  start(): void;
  close(): Promise<void>;
}

const principal = "sagemaker.amazonaws.com";
/** Limits of real-time inference. (SageMaker developer guide, "Real-time inference") */
const largestBody = 25 * 1024 * 1024;
const longestSeconds = 60;

/** Endpoints that answer at once, or from a queue. What they run is declared by the program; here it is only described and invoked. */
export function createEndpoints(options: JobServiceOptions, registry: Registry): Endpoints {
  const { authorizer } = options;
  const containers = new Map<string, EndpointContainer>();
  const arn = (name: string | undefined): string => `arn:aws:sagemaker:${options.region}:${options.account}:endpoint/${name}`;
  const need = <Value>(kind: string, name: string): Value => {
    const found = registry.get<Value>(kind, name);
    if (!found) throw new ServiceError("ValidationException", `The ${kind} "${name}" does not exist.`);
    return found;
  };
  const endpointOf = (name: string | undefined): Endpoint & { createdAt: number } => {
    const found = registry.get<Endpoint & { createdAt: number }>("endpoint", name ?? "");
    if (!found) throw new ServiceError("ValidationException", `Endpoint ${name} of account ${options.account} not found.`);
    return found;
  };
  const configOf = (endpoint: Endpoint): EndpointConfig => need<EndpointConfig>("endpoint configuration", endpoint.configName);

  function hosting(endpointName: string): ReturnType<Parameters<typeof createEndpointContainer>[2]["hosting"]> {
    const model = need<Model>("model", configOf(endpointOf(endpointName)).modelName);
    const role = authorizer.assume(principal, model.roleArn);
    authorizePull(authorizer, role, model.image);
    return { image: need<Image>("image", model.image), role, environment: model.environment, modelDataPrefix: model.modelDataPrefix };
  }

  function containerOf(name: string): EndpointContainer {
    const found = containers.get(name);
    if (found) return found;
    const made = createEndpointContainer(`endpoint ${name}`, join(options.folder, "endpoints", name), { ...options, hosting: () => hosting(name) });
    containers.set(name, made);
    return made;
  }

  const asynchronous = createAsyncInvocations(options, {
    outputOf: (name) => configOf(endpointOf(name)).asynchronous,
    arn,
    role: (name) => hosting(name).role,
    invoke: (name, headers, body, signal) => containerOf(name).invoke(headers, body, signal),
  });

  async function describe(input: DescribeEndpointInput, call: Call): Promise<DescribeEndpointOutput> {
    call.authorize("sagemaker:DescribeEndpoint", arn(input.EndpointName));
    const endpoint = endpointOf(input.EndpointName);
    const { variantName: VariantName } = configOf(endpoint);
    return {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.configName,
      EndpointStatus: "InService",
      CreationTime: new Date(endpoint.createdAt),
      LastModifiedTime: new Date(endpoint.createdAt),
      ProductionVariants: [{ VariantName, CurrentInstanceCount: 1, DesiredInstanceCount: 1, CurrentWeight: 1, DesiredWeight: 1 }],
    };
  }

  async function invoke(input: InvokeEndpointInput, call: Call): Promise<InvokeEndpointOutput> {
    call.authorize("sagemaker:InvokeEndpoint", arn(input.EndpointName));
    assertImplemented("InvokeEndpoint", input, ["EndpointName", "Body", "ContentType", "Accept", "CustomAttributes"]);
    const endpoint = endpointOf(input.EndpointName);
    if (configOf(endpoint).asynchronous) throw new ServiceError("ValidationError", `Endpoint ${endpoint.name} is asynchronous: use InvokeEndpointAsync.`);
    const body = Buffer.from(input.Body ?? "");
    if (body.length > largestBody) throw new ServiceError("ValidationError", `The body has ${body.length} bytes; at most ${largestBody} are allowed.`);
    const { bytes, contentType, attributes } = await containerOf(endpoint.name).invoke(input, body, AbortSignal.timeout(longestSeconds * 1000));
    return {
      Body: bytes as never,
      ContentType: contentType,
      InvokedProductionVariant: configOf(endpoint).variantName,
      ...(attributes === undefined ? {} : { CustomAttributes: attributes }),
    };
  }

  return {
    operations: { DescribeEndpoint: describe },
    runtimeOperations: { InvokeEndpoint: invoke, InvokeEndpointAsync: asynchronous.invoke },
    start: asynchronous.start,
    putModel: (model) => registry.put("model", model.name, model),
    putEndpointConfig: (config) => registry.put("endpoint configuration", config.name, config),
    putEndpoint(endpoint) {
      const createdAt = registry.get<{ createdAt: number }>("endpoint", endpoint.name)?.createdAt ?? Date.now();
      registry.put("endpoint", endpoint.name, { ...endpoint, createdAt });
    },
    async close() {
      await asynchronous.close();
      await Promise.all([...containers.values()].map((container) => container.close()));
    },
  };
}
