import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Messages wait in a topic until they are delivered; there they are encrypted with a customer key. */
export const topicIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sns-topic-is-encrypted-with-customer-key",
  description: "SNS topics must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
  tags: ["sns", "encryption"],
  remediationSteps: "Use EncryptedTopic, or set kmsMasterKeyId to a key of your own.",
  validateResource: validateResourceOfType(aws.sns.Topic, (topic, args, report) => {
    if (!isCustomerKey(topic, "kmsMasterKeyId")) report(`Topic "${args.name}" has no customer-managed key.`);
  }),
};
