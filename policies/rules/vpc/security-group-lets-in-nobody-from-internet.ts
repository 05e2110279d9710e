import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isPrivate } from "./ranges.ts";
import { trafficOf } from "./traffic.ts";

/** Nobody outside a private network calls anything in it: browsers come by CloudFront, and everything else from within. */
export const securityGroupLetsInNobodyFromInternet: ResourceValidationPolicy = {
  name: "vpc-security-group-lets-in-nobody-from-internet",
  description: "Security groups must let in no addresses of the internet.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Name the security group that may call in referencedSecurityGroupId, as ComputeGroup does.",
  validateResource: (args, report) => {
    const open = trafficOf(args, "ingress").flatMap(({ ranges }) => ranges.filter((range) => !isPrivate(range)));
    if (open.length > 0) report(`"${args.name}" lets in ${open.join(", ")}; it must let in security groups, or private addresses.`);
  },
};
