import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** The disk of a notebook holds what people copied there. */
export const notebookInstanceIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sagemaker-notebook-instance-is-encrypted-with-customer-key",
  description: "SageMaker notebook instances must encrypt their disks with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sagemaker", "encryption"],
  remediationSteps: "Use our Studio instead, or set kmsKeyId.",
  validateResource: validateResourceOfType(aws.sagemaker.NotebookInstance, (notebook, args, report) => {
    if (!isCustomerKey(notebook, "kmsKeyId")) report(`Notebook instance "${args.name}" has no customer-managed key; kmsKeyId must name one.`);
  }),
};
