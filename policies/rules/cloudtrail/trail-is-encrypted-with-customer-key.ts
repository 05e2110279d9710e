import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** What trails deliver, and what event data stores keep, is encrypted with a customer key. */
export const trailIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "cloudtrail-trail-is-encrypted-with-customer-key",
  description: "CloudTrail trails and event data stores must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(b)"),
  tags: ["cloudtrail", "encryption"],
  remediationSteps: "Set kmsKeyId to the key of `LogArchive`.",
  validateResource: [
    validateResourceOfType(aws.cloudtrail.Trail, (trail, args, report) => {
      if (!isCustomerKey(trail, "kmsKeyId")) report(`Trail "${args.name}" has no customer-managed key; kmsKeyId must name one.`);
    }),
    validateResourceOfType(aws.cloudtrail.EventDataStore, (store, args, report) => {
      if (!isCustomerKey(store, "kmsKeyId")) report(`Event data store "${args.name}" has no customer-managed key; kmsKeyId must name one.`);
    }),
  ],
};
