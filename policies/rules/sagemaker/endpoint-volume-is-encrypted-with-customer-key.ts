import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemsOfVolumes } from "./jobs.ts";

/** SageMaker refuses a key for instances with local NVMe disks, which encrypt themselves (API reference: CreateEndpointConfig `KmsKeyId`); all others need one. */
export const endpointVolumeIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sagemaker-endpoint-volume-is-encrypted-with-customer-key",
  description: "SageMaker endpoint configurations must name a customer-managed KMS key for volumes exactly where the hardware does not encrypt.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sagemaker", "encryption"],
  remediationSteps: "Use our RealTimeEndpoint or AsyncEndpoint, or set kmsKeyArn unless the instance has local NVMe disks.",
  validateResource: validateResourceOfType(aws.sagemaker.EndpointConfiguration, (configuration, args, report) => {
    const variants = [...configuration.productionVariants, ...(configuration.shadowProductionVariants ?? [])];
    // A serverless variant has no volume of ours.
    const types = variants.filter(({ serverlessConfig }) => serverlessConfig === undefined).map(({ instanceType }) => instanceType);
    if (types.length === 0) args.notApplicable("Every variant is serverless.");
    for (const problem of problemsOfVolumes(types, configuration, "kmsKeyArn")) report(`Endpoint configuration "${args.name}" ${problem}.`);
  }),
};
