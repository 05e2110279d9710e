import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** What Config delivers is encrypted with a customer key. */
export const deliveryIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "config-delivery-is-encrypted-with-customer-key",
  description: "Config delivery channels must encrypt what they deliver with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(b)"),
  tags: ["config", "encryption"],
  remediationSteps: "Set s3KmsKeyArn to the key of `LogArchive`.",
  validateResource: validateResourceOfType(aws.cfg.DeliveryChannel, (channel, { name }, report) => {
    if (!isCustomerKey(channel, "s3KmsKeyArn")) report(`Delivery channel "${name}" has no customer-managed key; s3KmsKeyArn must name one.`);
  }),
};
