import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Messages are encrypted with a customer key. */
export const queueIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sqs-queue-is-encrypted-with-customer-key",
  description: "SQS queues must encrypt their messages with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sqs", "encryption"],
  remediationSteps: "Set kmsMasterKeyId.",
  validateResource: validateResourceOfType(aws.sqs.Queue, (queue, args, report) => {
    if (!isCustomerKey(queue, "kmsMasterKeyId")) report(`Queue "${args.name}" has no customer-managed key.`);
  }),
};
