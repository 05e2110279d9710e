import * as pulumi from "@pulumi/pulumi";
import type { Values } from "./asl.ts";

/** How an endpoint takes over a new fleet, as SageMaker's API says it (API reference: DeploymentConfig). */
export interface EndpointUpdate {
  readonly routing: "CANARY" | "ALL_AT_ONCE";
  /** Seconds that the new fleet is watched before it has all requests, and again before the old one ends. */
  readonly bakeSeconds: number;
  /** Seconds after which SageMaker gives up. */
  readonly longestSeconds: number;
}

/** An endpoint that a deployment of networks renews. */
export interface RenewableEndpoint {
  /** Short name, for what is made for it. */
  readonly key: string;
  readonly endpointName: string;
  /** Alarms that take the endpoint back to its old fleet. */
  readonly alarmNames: readonly string[];
  /** Role that its containers run as. */
  readonly roleArn: pulumi.Input<string>;
  readonly update: EndpointUpdate;
  /** What its configuration says, as SageMaker's API has it, less its name and its variant; and the variant, less its model. */
  readonly configuration: Values;
  readonly variant: Values;
  /** Whether the new fleet is as large as the old one is by now; if not, as large as its configuration says. */
  readonly keepsCount: boolean;
}

const bakeSeconds = 300;
const longestSeconds = 3600;

/**
 * How a fleet of at least so many instances is taken over. A canary is an instance that gets its share of the requests while the alarms
 * are watched; it may be half of the fleet at most (SageMaker developer guide, "Use canary traffic shifting"), so that a fleet of one is taken
 * over whole and watched. Deployment guardrails are for real-time and asynchronous endpoints alike ("Deployment guardrails for
 * updating models in production").
 */
export const updateOf = (leastInstances: number): EndpointUpdate => ({
  routing: leastInstances >= 2 ? "CANARY" : "ALL_AT_ONCE",
  bakeSeconds,
  longestSeconds,
});

/** The same for the program's own updates of the endpoint: another image, other instances. */
export const deploymentConfigOf = ({ routing, bakeSeconds, longestSeconds }: EndpointUpdate, alarmNames: readonly pulumi.Input<string>[]) => ({
  blueGreenUpdatePolicy: {
    trafficRoutingConfiguration: {
      type: routing,
      waitIntervalInSeconds: bakeSeconds,
      ...(routing === "CANARY" && { canarySize: { type: "INSTANCE_COUNT", value: 1 } }),
    },
    terminationWaitInSeconds: bakeSeconds,
    maximumExecutionTimeoutInSeconds: longestSeconds,
  },
  autoRollbackConfiguration: { alarms: alarmNames.map((alarmName) => ({ alarmName })) },
});

/** What a resource of the provider says, as SageMaker's API says it: `kmsKeyId` is `KmsKeyId` there. */
export function asApi<T>(value: T): Values {
  const convert = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(convert);
    if (typeof one !== "object" || one === null || pulumi.Output.isInstance(one)) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key.charAt(0).toUpperCase() + key.slice(1), convert(inner)]));
  };
  return convert(value) as Values;
}
