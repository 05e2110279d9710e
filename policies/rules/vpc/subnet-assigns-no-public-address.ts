import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Types, and what each calls it: AWS's own subnets give addresses unless they are told not to. */
const flags: Readonly<Record<string, { readonly flag: string; readonly unset: boolean }>> = {
  "aws:ec2/subnet:Subnet": { flag: "mapPublicIpOnLaunch", unset: false },
  "aws:ec2/defaultSubnet:DefaultSubnet": { flag: "mapPublicIpOnLaunch", unset: true },
  "aws:ec2/instance:Instance": { flag: "associatePublicIpAddress", unset: false },
};

/** Nothing gets an address on the internet without somebody having asked for it. NAT gateways do, and have theirs. */
export const subnetAssignsNoPublicAddress: ResourceValidationPolicy = {
  name: "vpc-subnet-assigns-no-public-address",
  description: "Subnets must give public addresses to nothing that starts in them.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["vpc", "network"],
  remediationSteps: "Use Network, or set mapPublicIpOnLaunch false.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const { flag, unset } = flags[type] ?? notApplicable("The resource gives nobody an address.");
    if ((props[flag] ?? unset) === true) report(`"${name}" gives public addresses; ${flag} must be false.`);
    if (props["assignIpv6AddressOnCreation"] === true) report(`"${name}" gives public addresses; assignIpv6AddressOnCreation must be false.`);
  },
};
