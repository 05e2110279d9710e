import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/**
 * Only groups of the standard class can be masked and watched by metric filters, and one of the class Delivery keeps nothing
 * beyond two days (CloudWatch Logs User Guide, "Log classes").
 */
export const logGroupIsOfStandardClass: ResourceValidationPolicy = {
  name: "cloudwatch-log-group-is-of-standard-class",
  description: "CloudWatch log groups must be of the standard class: others can be neither masked nor watched.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.312(b)", "164.502(b)"),
  tags: ["cloudwatch", "audit"],
  remediationSteps: "Leave logGroupClass out, or set it to STANDARD.",
  validateResource: validateResourceOfType(aws.cloudwatch.LogGroup, ({ logGroupClass = "STANDARD" }, { name }, report) => {
    if (logGroupClass !== "STANDARD") report(`Log group "${name}" is of class ${logGroupClass}; it must be STANDARD.`);
  }),
};
