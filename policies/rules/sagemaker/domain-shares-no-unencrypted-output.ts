import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { either } from "../../either.ts";
import { isCustomerKey } from "../../given.ts";

/** Shared snapshots of notebooks hold the pictures and tables that they showed. */
export const domainSharesNoUnencryptedOutput: ResourceValidationPolicy = {
  name: "sagemaker-domain-shares-no-unencrypted-output",
  description: "SageMaker domains and user profiles must not share the output of notebooks, or share it encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(a)(2)(iv)", "164.502(b)"),
  tags: ["sagemaker", "encryption", "phi"],
  remediationSteps: "Set sharingSettings.notebookOutputOption Disabled, as our Studio does.",
  validateResource: either(
    validateResourceOfType(aws.sagemaker.Domain, ({ defaultUserSettings }, args, report) =>
      judge(defaultUserSettings?.sharingSettings, `Domain "${args.name}"`, report),
    ),
    validateResourceOfType(aws.sagemaker.UserProfile, ({ userSettings }, args, report) =>
      judge(userSettings?.sharingSettings, `User profile "${args.name}"`, report),
    ),
  ),
};

function judge(settings: { readonly notebookOutputOption?: string | undefined } | undefined, subject: string, report: (message: string) => void): void {
  if (settings?.notebookOutputOption === "Allowed" && !isCustomerKey(settings, "s3KmsKeyId"))
    report(`${subject} shares the output of notebooks without a customer-managed key; notebookOutputOption must be Disabled.`);
}
