import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

const nouns: Readonly<Record<string, string>> = { "aws:cloudwatch/eventBus:EventBus": "Bus", "aws:cloudwatch/eventArchive:EventArchive": "Archive" };

/** Buses of one's own and archives keep events, which name cases; they are encrypted with a customer key. */
export const busIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "events-bus-is-encrypted-with-customer-key",
  description: "EventBridge buses and archives must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["events", "encryption"],
  remediationSteps: "Set kmsKeyIdentifier to a key of your own.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const noun = nouns[type] ?? notApplicable("The resource keeps no events.");
    if (!isCustomerKey(props, "kmsKeyIdentifier")) report(`${noun} "${name}" has no customer-managed key.`);
  },
};
