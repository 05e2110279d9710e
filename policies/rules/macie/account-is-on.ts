import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Macie is on, and tells of what it finds as soon as it can. */
export const accountIsOn: ResourceValidationPolicy = {
  name: "macie-account-is-on",
  description: "Macie must be on, and publish findings every 15 minutes.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(D)", "164.502(b)"),
  tags: ["macie", "minimum-necessary"],
  remediationSteps: "Use `SensitiveDataDiscovery` or `SecurityServices`, or leave status at ENABLED and findingPublishingFrequency at FIFTEEN_MINUTES.",
  validateResource: validateResourceOfType(aws.macie2.Account, (account, { name }, report) => {
    const { status = "ENABLED", findingPublishingFrequency = "FIFTEEN_MINUTES" } = account;
    if (status !== "ENABLED") report(`Macie "${name}" is ${status}; status must be ENABLED.`);
    if (findingPublishingFrequency !== "FIFTEEN_MINUTES")
      report(`Macie "${name}" publishes findings ${findingPublishingFrequency}; findingPublishingFrequency must be FIFTEEN_MINUTES.`);
  }),
};
