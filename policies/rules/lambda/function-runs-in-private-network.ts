import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";

interface Config {
  readonly minimumSubnets: number;
}

/** One subnet lies in one zone: two outlast the loss of one. */
const defaults: Config = { minimumSubnets: 2 };

/** Functions that may touch cases run in the platform's network, whose routes and groups say where they can send anything to. */
export const functionRunsInPrivateNetwork: ResourceValidationPolicy = {
  name: "lambda-function-runs-in-private-network",
  description: "Lambda functions that may touch data of cases must run in subnets of the platform's network, in more than one zone.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(a)(7)(ii)(C)"),
  tags: ["lambda", "network", "nprm-2025"],
  remediationSteps: "Use PlatformFunction, or set vpcConfig.subnetIds and vpcConfig.securityGroupIds to those of Network.functions.",
  configSchema: { properties: { minimumSubnets: { type: "integer", minimum: 1, default: defaults.minimumSubnets } } },
  validateResource: validateResourceOfType(aws.lambda.Function, (fn, args, report) => {
    if (!holdsCases(args)) args.notApplicable("The function touches no data of cases.");
    const { minimumSubnets } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const subnets = lengthOf(fn.vpcConfig, "subnetIds");
    if (subnets < minimumSubnets) report(`Function "${args.name}" runs in ${subnets} subnets; vpcConfig.subnetIds must name ${minimumSubnets} or more.`);
    if (lengthOf(fn.vpcConfig, "securityGroupIds") === 0) report(`Function "${args.name}" has no security group; it must set vpcConfig.securityGroupIds.`);
  }),
};
