import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { networks } from "./networks.ts";

const fences = [
  { type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", noun: "default security group", property: "vpcId", identifiers: ["id"] },
  { type: "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", noun: "default network ACL", property: "defaultNetworkAclId", identifiers: ["defaultNetworkAclId"] },
] as const;

/** Rules of their own that open the default group again. */
const groupRules = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];

/** Every network comes with a group and an ACL for whatever names none, and AWS leaves both open. Here they let nothing through. */
export const defaultFencesAreClosed: StackValidationPolicy = {
  name: "vpc-default-fences-are-closed",
  description: "The default security group and the default network ACL of a VPC must let nothing through.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Use Network, or add a DefaultSecurityGroup and a DefaultNetworkAcl without ingress and egress.",
  validateStack: (args, report) =>
    judgeAll(args, report, networks, (network, say) => {
      for (const { type, noun, property, identifiers } of fences) {
        const fence = args.resources.find((resource) => resource.type === type && refersTo(resource, property, network, identifiers));
        if (fence === undefined) say(`leaves its ${noun} as AWS made it; the program must close it.`);
        else if (isOpen(fence, args.resources)) say(`opens its ${noun} ("${fence.name}"); it must have neither ingress nor egress.`);
      }
    }),
};

function isOpen(fence: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const rules = resources.filter(({ type }) => groupRules.includes(type));
  return lengthOf(fence.props, "ingress") + lengthOf(fence.props, "egress") > 0 || rules.some((rule) => refersTo(rule, "securityGroupId", fence, ["id"]));
}
