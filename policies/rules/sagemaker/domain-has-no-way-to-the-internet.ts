import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Otherwise a notebook reaches the internet over an interface of SageMaker's own, past every network rule of ours. */
export const domainHasNoWayToTheInternet: ResourceValidationPolicy = {
  name: "sagemaker-domain-has-no-way-to-the-internet",
  description: "SageMaker domains must send all traffic of notebooks through their VPC.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(b)(1)"),
  tags: ["sagemaker", "network"],
  remediationSteps: "Set appNetworkAccessType VpcOnly, as our Studio does.",
  validateResource: validateResourceOfType(aws.sagemaker.Domain, ({ appNetworkAccessType: access }, args, report) => {
    if (access !== "VpcOnly") report(`Domain "${args.name}" has appNetworkAccessType ${access ?? "unset"}; it must be VpcOnly.`);
  }),
};
