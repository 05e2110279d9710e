import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { outsideCallers } from "./outside-callers.ts";
import { isPrivate } from "./ranges.ts";
import { groupOf, isOnePort, trafficIn } from "./traffic.ts";

interface Config {
  readonly ports: readonly number[];
}

const defaults: Config = { ports: [443] };

/**
 * What works on patients' data calls services over TLS, by endpoints and prefix lists of AWS, and can send nothing anywhere else. A group that only
 * functions have which read nothing, and call whom there is an agreement with, may let TLS out to the internet.
 */
export const securityGroupReachesServicesOverTlsOnly: StackValidationPolicy = {
  name: "vpc-security-group-reaches-services-over-tls-only",
  description:
    "Security groups must let out TLS only, to endpoints, prefix lists and private addresses; to others only from functions that read no data and have an agreement with whom they call.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(ii)", "164.312(a)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Use ComputeGroup, or name a security group or prefix list and tcp port 443.",
  configSchema: { properties: { ports: { type: "array", items: { type: "integer" }, minItems: 1, default: [...defaults.ports] } } },
  validateStack: ({ resources, getConfig, notApplicable }, report) => {
    const { ports } = { ...defaults, ...getConfig<Partial<Config>>() };
    const saying = resources.flatMap((resource) => {
      const traffic = trafficIn(resource, "egress");
      return traffic === undefined ? [] : [{ resource, traffic }];
    });
    if (saying.length === 0) notApplicable("The stack has no security group.");
    const callers = outsideCallers(resources);
    judgeEach(saying, ({ resource, traffic: all }) => {
      const { name, urn } = resource;
      for (const traffic of all) {
        const { protocol, fromPort, toPort, ranges } = traffic;
        if (!isOnePort(traffic, ports))
          report(`"${name}" lets out ${protocol} ports ${fromPort ?? "all"} to ${toPort ?? "all"}; it must be tcp ${ports.join(" or ")}.`, urn);
        const open = ranges.filter((range) => !isPrivate(range));
        if (open.length > 0 && !isHadOnlyBy(callers, resource, resources))
          report(`"${name}" lets out to ${open.join(", ")}; it must name security groups, prefix lists or private addresses.`, urn);
      }
    });
  },
};

/** Whether the group that a resource is about is had by these alone, and by at least one. */
function isHadOnlyBy(callers: () => readonly PolicyResource[], resource: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const group = groupOf(resource, resources);
  if (group === undefined) return false;
  const holders = resources.filter(
    ({ type, propertyDependencies }) =>
      !rulesOfGroups.has(type) && Object.values(propertyDependencies).some((made) => made.some(({ urn }) => urn === group.urn)),
  );
  const allowed = callers();
  return holders.length > 0 && holders.every((holder) => allowed.includes(holder));
}

/** They name groups without having them. */
const rulesOfGroups = new Set([
  "aws:ec2/securityGroupRule:SecurityGroupRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]);
