import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Logs are encrypted with a customer key. */
export const logGroupIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "cloudwatch-log-group-is-encrypted-with-customer-key",
  description: "CloudWatch log groups must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["cloudwatch", "encryption"],
  remediationSteps: "Set kmsKeyId to the key for logs.",
  validateResource: validateResourceOfType(aws.cloudwatch.LogGroup, (group, args, report) => {
    if (!isCustomerKey(group, "kmsKeyId")) report(`Log group "${args.name}" has no customer-managed key.`);
  }),
};
