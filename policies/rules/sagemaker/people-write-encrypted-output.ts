import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { either } from "../../either.ts";
import { isCustomerKey } from "../../given.ts";

/** Labels and corrections quote what they are about. */
export const peopleWriteEncryptedOutput: ResourceValidationPolicy = {
  name: "sagemaker-people-write-encrypted-output",
  description: "Labelling jobs and human reviews must encrypt what people write, and the disks of the jobs that learn from it, with customer-managed KMS keys.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sagemaker", "encryption"],
  remediationSteps: "Set outputConfig.kmsKeyId, and volumeKmsKeyId of labelingJobResourceConfig.",
  validateResource: either(
    validateResourceOfType(aws.sagemaker.LabelingJob, ({ outputConfig, labelingJobAlgorithmsConfig: learning }, args, report) => {
      if (!isCustomerKey(outputConfig, "kmsKeyId"))
        report(`Labelling job "${args.name}" has no customer-managed key for its output; outputConfig.kmsKeyId must name one.`);
      if (learning !== undefined && !isCustomerKey(learning.labelingJobResourceConfig, "volumeKmsKeyId"))
        report(`Labelling job "${args.name}" has no customer-managed key for disks; labelingJobResourceConfig.volumeKmsKeyId must name one.`);
    }),
    validateResourceOfType(aws.sagemaker.FlowDefinition, ({ outputConfig }, args, report) => {
      if (!isCustomerKey(outputConfig, "kmsKeyId"))
        report(`Review "${args.name}" has no customer-managed key for its output; outputConfig.kmsKeyId must name one.`);
    }),
  ),
};
