import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { knownText } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { configurationOf, configurationType, endpointType, isAnswering } from "./endpoints.ts";

interface Config {
  readonly minimumInstances?: number;
}

/** SageMaker spreads two instances over two zones. */
const minimumInstances = 2;

/** An endpoint that callers wait for answers while a zone of AWS is down. What waits in a queue needs no instance. */
export const endpointRunsOnSeveralInstances: StackValidationPolicy = {
  name: "sagemaker-endpoint-runs-on-several-instances",
  description: "SageMaker endpoints that callers wait for must run on several instances, however far they scale in.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
  tags: ["sagemaker", "availability"],
  remediationSteps: "Set instances.minimum of our RealTimeEndpoint, or initialInstanceCount of every variant and minCapacity of its scaling target.",
  configSchema: { properties: { minimumInstances: { type: "integer", minimum: 1, default: minimumInstances } } },
  validateStack: (args, report) => {
    const { minimumInstances: minimum = minimumInstances } = args.getConfig<Config>();
    judgeAll(args, report, { types: [configurationType], noun: "Endpoint configuration", where: isAnswering }, (configuration, say) => {
      for (const variant of (configuration.props["productionVariants"] ?? []) as Variant[]) {
        if (variant.serverlessConfig !== undefined) continue;
        const fewest = Math.min(variant.initialInstanceCount ?? 1, variant.managedInstanceScaling?.minInstanceCount ?? Number.POSITIVE_INFINITY);
        if (fewest < minimum) say(`runs variant ${variant.variantName ?? "unnamed"} on ${count(fewest)}; it must run on ${minimum} or more.`);
      }
      for (const target of targetsOf(configuration, args.resources)) {
        const fewest = Number(target.props["minCapacity"]);
        if (!(fewest >= minimum)) say(`scales in to ${count(fewest)} by "${target.name}"; minCapacity must be ${minimum} or more.`);
      }
    });
  },
};

interface Variant {
  readonly variantName?: string;
  readonly initialInstanceCount?: number;
  readonly serverlessConfig?: unknown;
  readonly managedInstanceScaling?: { readonly minInstanceCount?: number };
}

const count = (instances: number): string => (instances === 1 ? "1 instance" : `${instances} instances`);

/** What scales the endpoints that run a configuration. */
function targetsOf(configuration: PolicyResource, resources: readonly PolicyResource[]): PolicyResource[] {
  const endpoints = ofType(resources, endpointType).filter((endpoint) => configurationOf(endpoint, resources) === configuration);
  return ofType(resources, "aws:appautoscaling/target:Target").filter((target) =>
    endpoints.some(
      (endpoint) =>
        target.propertyDependencies["resourceId"]?.some(({ urn }) => urn === endpoint.urn) ||
        knownText(target.props, "resourceId")?.startsWith(`endpoint/${at(endpoint.props, "name")}/`),
    ),
  );
}
