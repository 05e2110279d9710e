import { setTimeout as sleep } from "node:timers/promises";
import type * as sdk from "@aws-sdk/client-sagemaker";
import { type Call, notImplemented, type Operation, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Alarms, Log } from "../seams.ts";
import type { EndpointConfig } from "./serving-records.ts";

/** An endpoint, and the update that it is in, if it is in one. */
export interface Endpoint {
  readonly name: string;
  readonly arn: string;
  readonly configName: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** Configuration that the program declared last: another one there is a release, the same one says nothing. */
  readonly declared: string;
  readonly update?: Update | undefined;
  /** Why the last update did not come through. */
  readonly failureReason?: string | undefined;
}

interface Update {
  readonly to: string;
  readonly alarms: readonly string[];
  /** Seconds that the new fleet is watched, one period after the other. */
  readonly bakes: readonly number[];
}

export interface UpdateOptions {
  readonly alarms: Alarms;
  readonly log: Log;
  /** Multiplies the periods in which a new fleet is watched; 1 is AWS's time. */
  readonly waitScale: number;
  endpoint(name: string | undefined): Endpoint;
  config(name: string): EndpointConfig;
  configArn(name: string): string;
  put(endpoint: Endpoint): void;
  /** Starts the containers of a fleet. Throws if they don't become healthy. */
  startFleet(endpoint: string, config: string): Promise<void>;
  stopFleet(endpoint: string, config: string): Promise<void>;
}

export interface EndpointUpdates {
  readonly update: Operation;
  /** Goes on with an update that an earlier process left. */
  resume(endpoint: Endpoint): void;
  /** For tests: resolves when the endpoint is in no update. */
  settled(name: string): Promise<void>;
  close(): Promise<void>;
}

const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

/**
 * Blue/green updates of endpoints: a new fleet is started and watched, and takes over unless it does not become healthy or one of the named alarms
 * is raised; then the endpoint stays as it was (SageMaker developer guide, "Deployment guardrails for updating models in production").
 * Alarms are looked at before and after each period. Requests stay with the old fleet until all periods before the last are over: no
 * canary gets its share of them here.
 */
export function createEndpointUpdates(options: UpdateOptions): EndpointUpdates {
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();

  const alarmed = (names: readonly string[]): string | undefined => {
    const raised = names.filter((name) => options.alarms.stateOf(name) === "ALARM");
    return raised.length === 0 ? undefined : `Rolled back, because these alarms are in ALARM: ${raised.join(", ")}.`;
  };

  /** Why the fleet must not take over; undefined if it may. */
  async function judge({ name }: Endpoint, { to, alarms, bakes }: Update): Promise<string | undefined> {
    try {
      await options.startFleet(name, to);
    } catch (error) {
      closing.signal.throwIfAborted();
      return (error as Error).message;
    }
    let found = alarmed(alarms);
    for (const seconds of bakes) {
      if (found !== undefined) return found;
      await sleep(seconds * 1000 * options.waitScale, undefined, { signal: closing.signal });
      found = alarmed(alarms);
    }
    return found;
  }

  async function run(endpoint: Endpoint, update: Update): Promise<void> {
    const failureReason = await judge(endpoint, update);
    const { update: _, failureReason: __, ...rest } = options.endpoint(endpoint.name);
    const isThere = failureReason === undefined;
    options.put({ ...rest, changedAt: Date.now(), ...(isThere ? { configName: update.to } : { failureReason }) });
    options.log(`sagemaker endpoint ${endpoint.name} ${isThere ? `moved to ${update.to}` : `stays on ${endpoint.configName}: ${failureReason}`}`);
    if (update.to !== endpoint.configName) await options.stopFleet(endpoint.name, isThere ? endpoint.configName : update.to);
  }

  function resume(endpoint: Endpoint): void {
    if (endpoint.update === undefined) return;
    const work = run(endpoint, endpoint.update)
      .catch((error: Error) => {
        if (!closing.signal.aborted) options.log(`sagemaker endpoint ${endpoint.name}: its update ended with ${error.message}`);
      })
      .finally(() => running.delete(endpoint.name));
    running.set(endpoint.name, work);
  }

  function alarmsOf(input: sdk.UpdateEndpointInput, call: Call): string[] {
    const names = (input.DeploymentConfig?.AutoRollbackConfiguration?.Alarms ?? []).map(({ AlarmName }) => AlarmName ?? "");
    for (const name of names) {
      call.authorize("cloudwatch:DescribeAlarms", options.alarms.arnOf(name));
      if (options.alarms.stateOf(name) === undefined) throw invalid(`The alarm "${name}" does not exist.`);
    }
    return names;
  }

  async function update(input: sdk.UpdateEndpointInput, call: Call): Promise<sdk.UpdateEndpointOutput> {
    assertImplemented("UpdateEndpoint", input, ["EndpointName", "EndpointConfigName", "RetainAllVariantProperties", "DeploymentConfig"]);
    assertImplemented("UpdateEndpoint.DeploymentConfig", input.DeploymentConfig ?? {}, ["BlueGreenUpdatePolicy", "AutoRollbackConfiguration"]);
    const endpoint = options.endpoint(input.EndpointName);
    const to = input.EndpointConfigName as string;
    call.authorize("sagemaker:UpdateEndpoint", endpoint.arn);
    call.authorize("sagemaker:UpdateEndpoint", options.configArn(to));
    if (endpoint.update !== undefined) throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`);
    const [before, after] = [options.config(endpoint.configName), options.config(to)];
    // "Exclusions" of the developer guide: the new configuration must have the old one's variant name.
    const problems =
      before.variantName === after.variantName ? [] : [`The variant is called ${after.variantName}; it must be ${before.variantName}, as before.`];
    problems.push(...faultsOf(input.DeploymentConfig ?? {}, after));
    if (problems.length > 0) throw invalid(problems.join(" "));
    const policy = input.DeploymentConfig?.BlueGreenUpdatePolicy;
    const routing = policy?.TrafficRoutingConfiguration;
    const made: Update = {
      ...{ to, alarms: alarmsOf(input, call) },
      bakes: [routing?.WaitIntervalInSeconds ?? 0, policy?.TerminationWaitInSeconds ?? 0].filter((seconds) => seconds > 0),
    };
    const { failureReason: _, ...rest } = endpoint;
    const updating = { ...rest, update: made, changedAt: Date.now() };
    options.put(updating);
    resume(updating);
    return { EndpointArn: endpoint.arn };
  }

  return {
    update,
    resume,
    settled: async (name) => running.get(name),
    async close() {
      closing.abort();
      await Promise.all(running.values());
    },
  };
}

/** Everything that is wrong with how an endpoint is to move. Each limit is that of the API reference. */
function faultsOf({ BlueGreenUpdatePolicy: policy, AutoRollbackConfiguration: rollback }: sdk.DeploymentConfig, config: EndpointConfig): string[] {
  const problems: string[] = [];
  const alarms = rollback?.Alarms;
  if (alarms !== undefined && (alarms.length < 1 || alarms.length > 10)) problems.push(`There are ${alarms.length} alarms; there must be 1 to 10.`);
  if (policy === undefined) return problems;
  const routing = policy.TrafficRoutingConfiguration;
  const { TerminationWaitInSeconds: termination, MaximumExecutionTimeoutInSeconds: most } = policy;
  const limits: [name: string, value: number | undefined, least: number, most: number][] = [
    ["TerminationWaitInSeconds", termination, 0, 3600],
    ["MaximumExecutionTimeoutInSeconds", most, 600, 28_800],
    ["TrafficRoutingConfiguration.WaitIntervalInSeconds", routing?.WaitIntervalInSeconds, 0, 3600],
  ];
  for (const [name, value, least, highest] of limits)
    if (value !== undefined && !(value >= least && value <= highest)) problems.push(`${name} is ${value}; it must be ${least} to ${highest}.`);
  const waits = (termination ?? 0) + (routing?.WaitIntervalInSeconds ?? 0);
  if (most !== undefined && most <= waits) problems.push(`MaximumExecutionTimeoutInSeconds is ${most}; it must be more than the ${waits} seconds of waiting.`);
  return [...problems, ...faultsOfRouting(routing, config)];
}

/** "must be less than or equal to 50% of the variant's total instance count" (API reference, TrafficRoutingConfig.CanarySize) */
function faultsOfRouting(routing: sdk.TrafficRoutingConfig | undefined, { described }: EndpointConfig): string[] {
  if (routing === undefined || routing.Type === "ALL_AT_ONCE") return [];
  if (routing.Type !== "CANARY") throw notImplemented(`UpdateEndpoint with the routing ${routing.Type}`);
  const { Type: type, Value: value } = routing.CanarySize ?? {};
  if (value === undefined) return ["CanarySize is missing."];
  if (value < 1) return [`CanarySize.Value is ${value}; it must be at least 1.`];
  const instances = described?.ProductionVariants?.[0]?.InitialInstanceCount ?? 1;
  const percent = type === "INSTANCE_COUNT" ? (100 * value) / instances : value;
  return percent > 50 ? [`The canary is ${value} (${type}) of ${instances} instances; it must be half of them at most.`] : [];
}
