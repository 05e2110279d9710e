import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** What a state machine hands to workers outside AWS waits in an activity. */
export const activityIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sfn-activity-is-encrypted-with-customer-key",
  description: "Step Functions activities must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sfn", "encryption"],
  remediationSteps: "Set encryptionConfiguration.type CUSTOMER_MANAGED_KMS_KEY and encryptionConfiguration.kmsKeyId.",
  validateResource: validateResourceOfType(aws.sfn.Activity, ({ encryptionConfiguration: encryption }, args, report) => {
    if (encryption?.type !== "CUSTOMER_MANAGED_KMS_KEY" || !isCustomerKey(encryption, "kmsKeyId"))
      report(`Activity "${args.name}" has no customer-managed key.`);
  }),
};
