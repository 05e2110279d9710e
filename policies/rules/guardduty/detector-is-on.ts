import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** GuardDuty is on, and tells of what it sees again as soon as it can: unless told otherwise it waits six hours (CreateDetector, FindingPublishingFrequency). */
export const detectorIsOn: ResourceValidationPolicy = {
  name: "guardduty-detector-is-on",
  description: "GuardDuty detectors must be on, and publish findings every 15 minutes.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(B)", "164.308(a)(6)(ii)"),
  tags: ["guardduty", "threats"],
  remediationSteps: "Use `SecurityServices`, or leave enable at true and set findingPublishingFrequency to FIFTEEN_MINUTES.",
  validateResource: validateResourceOfType(aws.guardduty.Detector, ({ enable = true, findingPublishingFrequency = "SIX_HOURS" }, { name }, report) => {
    if (enable !== true) report(`Detector "${name}" is off; enable must be true.`);
    if (findingPublishingFrequency !== "FIFTEEN_MINUTES")
      report(`Detector "${name}" publishes findings ${findingPublishingFrequency}; findingPublishingFrequency must be FIFTEEN_MINUTES.`);
  }),
};
