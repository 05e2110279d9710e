import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey, isGiven } from "../../given.ts";

/** Environment variables of functions are encrypted with a customer key. */
export const functionEnvironmentIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "lambda-function-environment-is-encrypted-with-customer-key",
  description: "Lambda functions must encrypt their environment variables with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["lambda", "encryption"],
  remediationSteps: "Set kmsKeyArn.",
  validateResource: validateResourceOfType(aws.lambda.Function, (fn, args, report) => {
    if (!isGiven(fn, "environment")) args.notApplicable("The function has no environment variables.");
    if (!isCustomerKey(fn, "kmsKeyArn")) report(`Function "${args.name}" has environment variables without a customer-managed key.`);
  }),
};
