import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A trail signs a digest of its files, so that a change or a gap is found. */
export const trailValidatesItsFiles: ResourceValidationPolicy = {
  name: "cloudtrail-trail-validates-its-files",
  description: "CloudTrail trails must sign what they deliver.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.312(c)(2)"),
  tags: ["cloudtrail", "integrity"],
  remediationSteps: "Set enableLogFileValidation to true.",
  validateResource: validateResourceOfType(aws.cloudtrail.Trail, (trail, args, report) => {
    if (trail.enableLogFileValidation !== true)
      report(`Trail "${args.name}" has enableLogFileValidation ${trail.enableLogFileValidation ?? "unset"}; it must be true.`);
  }),
};
