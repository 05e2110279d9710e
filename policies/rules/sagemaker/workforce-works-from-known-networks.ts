import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

interface Config {
  readonly shortestPrefix?: number;
}

/** As large as the public network of any hospital. */
const shortestPrefix = 16;

/** The labelling portal shows pictures of patients; it opens in the clinic's networks, not in any other. */
export const workforceWorksFromKnownNetworks: ResourceValidationPolicy = {
  name: "sagemaker-workforce-works-from-known-networks",
  description: "SageMaker workforces must work from known networks only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.308(a)(3)(ii)(A)", "164.312(e)(1)"),
  tags: ["sagemaker", "network"],
  remediationSteps: "Use our PrivateWorkforce with sourceCidrs, or set workforceVpcConfig.",
  configSchema: { properties: { shortestPrefix: { type: "integer", minimum: 1, maximum: 32, default: shortestPrefix } } },
  validateResource: validateResourceOfType(aws.sagemaker.Workforce, (workforce, args, report) => {
    const { shortestPrefix: shortest = shortestPrefix } = args.getConfig<Config>();
    if (isGiven(workforce, "workforceVpcConfig")) return;
    const cidrs = workforce.sourceIpConfig?.cidrs ?? [];
    if (cidrs.length === 0) report(`Workforce "${args.name}" works from anywhere; sourceIpConfig.cidrs or workforceVpcConfig must be set.`);
    for (const cidr of cidrs.filter((text) => Number(text.split("/")[1] ?? 32) < shortest))
      report(`Workforce "${args.name}" works from ${cidr}; sourceIpConfig.cidrs must be networks of /${shortest} or smaller.`);
  }),
};
