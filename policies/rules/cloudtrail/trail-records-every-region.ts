import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A trail records in every Region, what global services do included, and is switched on. */
export const trailRecordsEveryRegion: ResourceValidationPolicy = {
  name: "cloudtrail-trail-records-every-region",
  description: "CloudTrail trails must be switched on in every Region, global services included.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.312(b)"),
  tags: ["cloudtrail", "audit"],
  remediationSteps: "Use `OrganizationTrail`, or set isMultiRegionTrail to true and leave enableLogging and includeGlobalServiceEvents at true.",
  validateResource: validateResourceOfType(aws.cloudtrail.Trail, (trail, args, report) => {
    // The latter two are true unless said otherwise.
    const { isMultiRegionTrail = false, enableLogging = true, includeGlobalServiceEvents = true } = trail;
    for (const [setting, value] of Object.entries({ isMultiRegionTrail, enableLogging, includeGlobalServiceEvents }))
      if (value !== true) report(`Trail "${args.name}" has ${setting} ${value}; it must be true.`);
  }),
};
