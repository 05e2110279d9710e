import { join } from "node:path";
import type { DescribeEndpointInput, DescribeEndpointOutput, PendingDeploymentSummary } from "@aws-sdk/client-sagemaker";
import type { InvokeEndpointInput, InvokeEndpointOutput } from "@aws-sdk/client-sagemaker-runtime";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Alarms } from "../seams.ts";
import { createAsyncInvocations } from "./async-invocations.ts";
import { authorizePull, type Image } from "./container.ts";
import { createEndpointContainer, type EndpointContainer } from "./endpoint-container.ts";
import { createEndpointUpdates, type Endpoint } from "./endpoint-updates.ts";
import type { Registry } from "./registry.ts";
import { createServingRecords, type EndpointConfig, type Model } from "./serving-records.ts";

export interface Endpoints {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly runtimeOperations: Readonly<Record<string, Operation>>;
  putModel(model: Model): void;
  putEndpointConfig(config: EndpointConfig): void;
  /** As the program declares it. A configuration that it declared before already says nothing: another may have taken its place since. */
  putEndpoint(endpoint: Pick<Endpoint, "name" | "arn" | "configName">): void;
  /** For tests: resolves when the endpoint is in no update. */
  settled(endpoint: string): Promise<void>;
  /** Starts answering what asynchronous endpoints were asked, first what was left over. */
  start(): void;
  close(): Promise<void>;
}

const principal = "sagemaker.amazonaws.com";
/** Limits of real-time inference. (SageMaker developer guide, "Real-time inference") */
const largestBody = 25 * 1024 * 1024;
const longestSeconds = 60;

/** What endpoints need of others. */
export interface EndpointSeams {
  readonly alarms: Alarms;
  /** Multiplies the periods in which a new fleet is watched; 1 is AWS's time. */
  readonly waitScale: number;
}

/** Endpoints that answer at once, or from a queue. What they run is declared by the program; here it is only described and invoked. */
export function createEndpoints(options: JobServiceOptions & EndpointSeams, registry: Registry): Endpoints {
  const { authorizer } = options;
  const containers = new Map<string, EndpointContainer>();
  const arn = (name: string | undefined): string => `arn:aws:sagemaker:${options.region}:${options.account}:endpoint/${name}`;
  const records = createServingRecords(options, registry);
  const need = <Value>(kind: string, name: string): Value => {
    const found = registry.get<Value>(kind, name);
    if (!found) throw new ServiceError("ValidationException", `The ${kind} "${name}" does not exist.`);
    return found;
  };
  const endpointOf = (name: string | undefined): Endpoint => {
    const found = registry.get<Endpoint>("endpoint", name ?? "");
    if (!found) throw new ServiceError("ValidationException", `Endpoint ${name} of account ${options.account} not found.`);
    return found;
  };
  const configOf = (endpoint: Endpoint): EndpointConfig => records.config(endpoint.configName);

  function hosting(config: string): ReturnType<Parameters<typeof createEndpointContainer>[2]["hosting"]> {
    const model = records.model(records.config(config).modelName);
    const role = authorizer.assume(principal, model.roleArn);
    authorizePull(authorizer, role, model.image);
    return { image: need<Image>("image", model.image), role, environment: model.environment, modelDataPrefix: model.modelDataPrefix };
  }

  /** The containers of an endpoint on one configuration. */
  function fleetOf(name: string, config: string): EndpointContainer {
    const fleet = `${name}/${config}`;
    const found = containers.get(fleet);
    if (found) return found;
    const folder = join(options.folder, "endpoints", name, config);
    const made = createEndpointContainer(`endpoint ${name}`, folder, { ...options, hosting: () => hosting(config) });
    containers.set(fleet, made);
    return made;
  }
  const containerOf = (name: string): EndpointContainer => fleetOf(name, endpointOf(name).configName);

  const updates = createEndpointUpdates({
    ...{ alarms: options.alarms, log: options.log, waitScale: options.waitScale },
    ...{ endpoint: endpointOf, config: records.config },
    configArn: (name) => `arn:aws:sagemaker:${options.region}:${options.account}:endpoint-config/${name}`,
    put: (endpoint) => registry.put("endpoint", endpoint.name, endpoint),
    startFleet: (name, config) => fleetOf(name, config).ready(),
    async stopFleet(name, config) {
      const fleet = `${name}/${config}`;
      const container = containers.get(fleet);
      containers.delete(fleet);
      // Requests go to the other fleet by now; those in hand are answered.
      await container?.drained();
      await container?.close();
    },
  });

  const asynchronous = createAsyncInvocations(options, {
    outputOf: (name) => configOf(endpointOf(name)).asynchronous,
    arn,
    role: (name) => hosting(endpointOf(name).configName).role,
    invoke: (name, headers, body, signal) => containerOf(name).invoke(headers, body, signal),
  });

  const pending = (config: string, since: number): PendingDeploymentSummary => ({
    ...{ EndpointConfigName: config, StartTime: new Date(since) },
    ProductionVariants: [{ VariantName: records.config(config).variantName }],
  });

  async function describe(input: DescribeEndpointInput, call: Call): Promise<DescribeEndpointOutput> {
    call.authorize("sagemaker:DescribeEndpoint", arn(input.EndpointName));
    const endpoint = endpointOf(input.EndpointName);
    const { variantName: VariantName } = configOf(endpoint);
    return {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.configName,
      EndpointStatus: endpoint.update === undefined ? "InService" : "Updating",
      CreationTime: new Date(endpoint.createdAt),
      LastModifiedTime: new Date(endpoint.changedAt),
      ...(endpoint.failureReason !== undefined && { FailureReason: endpoint.failureReason }),
      // What an update goes to. (API reference: DescribeEndpoint, PendingDeploymentSummary)
      ...(endpoint.update && { PendingDeploymentSummary: pending(endpoint.update.to, endpoint.changedAt) }),
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
    const fault = options.faults.take("sagemaker-real-time", endpoint.name);
    if (fault !== undefined) throw new ServiceError("ModelError", fault, 424);
    const { bytes, contentType, attributes } = await containerOf(endpoint.name).invoke(input, body, AbortSignal.timeout(longestSeconds * 1000));
    return {
      Body: bytes as never,
      ContentType: contentType,
      InvokedProductionVariant: configOf(endpoint).variantName,
      ...(attributes === undefined ? {} : { CustomAttributes: attributes }),
    };
  }

  return {
    operations: { ...records.operations, DescribeEndpoint: describe, UpdateEndpoint: updates.update },
    runtimeOperations: { InvokeEndpoint: invoke, InvokeEndpointAsync: asynchronous.invoke },
    start() {
      for (const endpoint of registry.list<Endpoint>("endpoint")) updates.resume(endpoint);
      asynchronous.start();
    },
    settled: updates.settled,
    putModel: (model) => registry.put("model", model.name, model),
    putEndpointConfig: (config) => registry.put("endpoint configuration", config.name, config),
    putEndpoint({ name, arn, configName }) {
      const found = registry.get<Endpoint>("endpoint", name);
      if (found?.declared === configName) return;
      const now = Date.now();
      registry.put("endpoint", name, { name, arn, configName, declared: configName, createdAt: found?.createdAt ?? now, changedAt: now });
    },
    async close() {
      await updates.close();
      await asynchronous.close();
      await Promise.all([...containers.values()].map((container) => container.close()));
    },
  };
}
