import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Home folders of notebooks hold what people copied there to look at. */
export const domainIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sagemaker-domain-is-encrypted-with-customer-key",
  description: "SageMaker domains must encrypt home folders and disks with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sagemaker", "encryption"],
  remediationSteps: "Set kmsKeyId, as our Studio does.",
  validateResource: validateResourceOfType(aws.sagemaker.Domain, (domain, args, report) => {
    if (!isCustomerKey(domain, "kmsKeyId")) report(`Domain "${args.name}" has no customer-managed key; kmsKeyId must name one.`);
  }),
};
