import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { management, records } from "./events.ts";

/** A trail records every call that looks at or changes how things are set up, without exceptions (KMS and RDS calls can be left out, and must not be). */
export const trailRecordsAdministration: ResourceValidationPolicy = {
  name: "cloudtrail-trail-records-administration",
  description: "CloudTrail trails must record every management event, read and write, of every service.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.312(b)"),
  tags: ["cloudtrail", "audit"],
  remediationSteps: "Use `OrganizationTrail`, or give advancedEventSelectors one selector whose only field is eventCategory, equal to Management.",
  validateResource: validateResourceOfType(aws.cloudtrail.Trail, (trail, args, report) => {
    for (const [what, readOnly] of [
      ["read", true],
      ["write", false],
    ] as const) {
      if (!records(trail, management(readOnly)))
        report(
          `Trail "${args.name}" leaves out ${what} events of administration; advancedEventSelectors must choose eventCategory Management, and nothing narrower.`,
        );
    }
  }),
};
