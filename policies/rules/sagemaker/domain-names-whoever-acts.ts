import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** All notebooks act under one role; only the source identity of a session tells in the audit trail who did. */
export const domainNamesWhoeverActs: ResourceValidationPolicy = {
  name: "sagemaker-domain-names-whoever-acts",
  description: "SageMaker domains must put the name of the person into the sessions of notebooks.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(i)", "164.312(b)", "164.312(d)"),
  tags: ["sagemaker", "audit"],
  remediationSteps: "Set domainSettings.executionRoleIdentityConfig USER_PROFILE_NAME, as our Studio does.",
  validateResource: validateResourceOfType(aws.sagemaker.Domain, ({ domainSettings }, args, report) => {
    const found = domainSettings?.executionRoleIdentityConfig;
    if (found !== "USER_PROFILE_NAME")
      report(`Domain "${args.name}" has domainSettings.executionRoleIdentityConfig ${found ?? "unset"}; it must be USER_PROFILE_NAME.`);
  }),
};
