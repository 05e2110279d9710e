import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

const byDefault = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults";
/** Types that say it for machines of their own. */
const own = ["aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"];

interface Options {
  readonly httpTokens?: string;
  readonly httpPutResponseHopLimit?: number;
}

/**
 * A page that a machine is tricked into fetching must not be the one with its credentials: the metadata of a machine asks for a token that no
 * such request brings (EC2 User Guide, "Use the Instance Metadata Service").
 */
export const instanceMetadataAsksForToken: ResourceValidationPolicy = {
  name: "vpc-instance-metadata-asks-for-token",
  description: "The metadata of EC2 instances must ask for a token, which goes no further than the machine.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(d)"),
  tags: ["vpc", "secrets"],
  remediationSteps: "Use AccountBaseline, or set httpTokens required and httpPutResponseHopLimit 1.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (type !== byDefault && !own.includes(type)) notApplicable("The resource says nothing of machines.");
    const { httpTokens, httpPutResponseHopLimit: hops } = (type === byDefault ? props : (props["metadataOptions"] ?? {})) as Options;
    // A machine that says nothing gets what its account says.
    if (type !== byDefault && httpTokens === undefined && hops === undefined) return;
    if (httpTokens !== "required") report(`Metadata of "${name}" have httpTokens ${httpTokens ?? "unset"}; it must be required.`);
    if (hops !== 1) report(`Metadata of "${name}" have httpPutResponseHopLimit ${hops ?? "unset"}; it must be 1.`);
  },
};
