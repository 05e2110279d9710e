import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { isPrivate } from "./ranges.ts";
import { isOnePort, trafficOf } from "./traffic.ts";

interface Config {
  readonly ports: readonly number[];
}

const defaults: Config = { ports: [443] };

/** What works on patients' data calls services over TLS, by endpoints and prefix lists of AWS, and can send nothing anywhere else. */
export const securityGroupReachesServicesOverTlsOnly: ResourceValidationPolicy = {
  name: "vpc-security-group-reaches-services-over-tls-only",
  description: "Security groups must let out TLS only, to endpoints, prefix lists and private addresses.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(ii)", "164.312(a)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Use ComputeGroup, or name a security group or prefix list and tcp port 443.",
  configSchema: { properties: { ports: { type: "array", items: { type: "integer" }, minItems: 1, default: [...defaults.ports] } } },
  validateResource: (args, report) => {
    const { ports } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeEach(trafficOf(args, "egress"), (traffic) => {
      const { protocol, fromPort, toPort, ranges } = traffic;
      if (!isOnePort(traffic, ports))
        report(`"${args.name}" lets out ${protocol} ports ${fromPort ?? "all"} to ${toPort ?? "all"}; it must be tcp ${ports.join(" or ")}.`);
      const open = ranges.filter((range) => !isPrivate(range));
      if (open.length > 0) report(`"${args.name}" lets out to ${open.join(", ")}; it must name security groups, prefix lists or private addresses.`);
    });
  },
};
