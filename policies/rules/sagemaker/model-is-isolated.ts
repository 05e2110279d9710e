import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemsOfJob } from "./jobs.ts";

/** A container that answers for pictures of patients can't send them anywhere, whatever its image does. */
export const modelIsIsolated: ResourceValidationPolicy = {
  name: "sagemaker-model-is-isolated",
  description: "SageMaker models must run in a VPC and without a way out of it.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(b)(1)"),
  tags: ["sagemaker", "network"],
  remediationSteps: "Use our ServingModel, or set enableNetworkIsolation, vpcConfig.subnets and vpcConfig.securityGroupIds.",
  validateResource: validateResourceOfType(aws.sagemaker.Model, (settings, args, report) => {
    const subject = `Model "${args.name}"`;
    for (const problem of problemsOfJob({ subject, kind: "model", settings, spelling: "resource" })) report(`${subject} ${problem}.`);
  }),
};
