import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

const kinds: Readonly<Record<string, string>> = { "aws:cloudtrail/trail:Trail": "Trail", "aws:cloudtrail/eventDataStore:EventDataStore": "Event data store" };

/** What trails deliver, and what event data stores keep, is encrypted with a customer key. */
export const trailIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "cloudtrail-trail-is-encrypted-with-customer-key",
  description: "CloudTrail trails and event data stores must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(b)"),
  tags: ["cloudtrail", "encryption"],
  remediationSteps: "Set kmsKeyId to the key of `LogArchive`.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const kind = kinds[type] ?? notApplicable("Only trails and event data stores keep events.");
    if (!isCustomerKey(props, "kmsKeyId")) report(`${kind} "${name}" has no customer-managed key; kmsKeyId must name one.`);
  },
};
