import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { isOnePort, trafficOf } from "./traffic.ts";

interface Config {
  readonly ports: readonly number[];
}

const defaults: Config = { ports: [443] };

/** What is called in a network is called over TLS, at the one port where it answers. */
export const securityGroupTakesTlsOnly: ResourceValidationPolicy = {
  name: "vpc-security-group-takes-tls-only",
  description: "Security groups must let in TLS only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(ii)", "164.312(a)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Use ComputeGroup, or set ipProtocol tcp, and fromPort and toPort 443.",
  configSchema: { properties: { ports: { type: "array", items: { type: "integer" }, minItems: 1, default: [...defaults.ports] } } },
  validateResource: (args, report) => {
    const { ports } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeEach(trafficOf(args, "ingress"), (traffic) => {
      const { protocol, fromPort, toPort } = traffic;
      if (!isOnePort(traffic, ports))
        report(`"${args.name}" lets in ${protocol} ports ${fromPort ?? "all"} to ${toPort ?? "all"}; it must be tcp ${ports.join(" or ")}.`);
    });
  },
};
