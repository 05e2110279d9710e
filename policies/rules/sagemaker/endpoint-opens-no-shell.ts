import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** With access by Systems Manager people sit in the container that sees pictures of patients, past the endpoint's own log. */
export const endpointOpensNoShell: ResourceValidationPolicy = {
  name: "sagemaker-endpoint-opens-no-shell",
  description: "SageMaker endpoint configurations must not let anybody open a shell in their containers.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(b)", "164.308(a)(4)(ii)(B)"),
  tags: ["sagemaker", "least-privilege"],
  remediationSteps: "Leave enableSsmAccess of every variant out.",
  validateResource: validateResourceOfType(aws.sagemaker.EndpointConfiguration, ({ productionVariants, shadowProductionVariants = [] }, args, report) => {
    for (const { variantName = "unnamed", enableSsmAccess } of [...productionVariants, ...shadowProductionVariants])
      if (enableSsmAccess === true) report(`Endpoint configuration "${args.name}" opens a shell in variant ${variantName}; enableSsmAccess must be false.`);
  }),
};
