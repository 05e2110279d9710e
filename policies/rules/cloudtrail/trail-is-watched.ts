import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

/** A trail is delivered to CloudWatch Logs within minutes, too: alarms can watch only what is there. */
export const trailIsWatched: ResourceValidationPolicy = {
  name: "cloudtrail-trail-is-watched",
  description: "CloudTrail trails must be delivered to a log group, where alarms watch them.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.308(a)(6)(ii)", "164.312(b)"),
  tags: ["cloudtrail", "audit"],
  remediationSteps: "Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn, as `OrganizationTrail` does.",
  validateResource: validateResourceOfType(aws.cloudtrail.Trail, (trail, args, report) => {
    for (const property of ["cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn"])
      if (!isGiven(trail, property)) report(`Trail "${args.name}" does not set ${property}; it must be delivered to a log group.`);
  }),
};
