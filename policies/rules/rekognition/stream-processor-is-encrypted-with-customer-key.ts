import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** What a stream processor keeps of a live operation is patients' data. */
export const streamProcessorIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "rekognition-stream-processor-is-encrypted-with-customer-key",
  description: "Rekognition stream processors must encrypt with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["rekognition", "encryption"],
  remediationSteps: "Set kmsKeyId.",
  validateResource: validateResourceOfType(aws.rekognition.StreamProcessor, (processor, args, report) => {
    if (!isCustomerKey(processor, "kmsKeyId")) report(`Stream processor "${args.name}" has no customer-managed key; kmsKeyId must name one.`);
  }),
};
