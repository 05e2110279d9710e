import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A check that a standard gains is made without anybody having to hear of it. */
export const accountEnablesNewControls: ResourceValidationPolicy = {
  name: "securityhub-account-enables-new-controls",
  description: "Security Hub must enable new controls of its standards by itself.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.308(a)(8)"),
  tags: ["securityhub", "evaluation"],
  remediationSteps: "Leave autoEnableControls at true.",
  validateResource: validateResourceOfType(aws.securityhub.Account, ({ autoEnableControls = true }, { name }, report) => {
    if (autoEnableControls !== true) report(`Security Hub "${name}" has autoEnableControls ${autoEnableControls}; it must be true.`);
  }),
};
