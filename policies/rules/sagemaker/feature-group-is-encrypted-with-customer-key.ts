import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** What is known of cases as numbers is as much about patients as their videos. */
export const featureGroupIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sagemaker-feature-group-is-encrypted-with-customer-key",
  description: "SageMaker feature groups must encrypt their stores with customer-managed KMS keys.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sagemaker", "encryption"],
  remediationSteps: "Set onlineStoreConfig.securityConfig.kmsKeyId and offlineStoreConfig.s3StorageConfig.kmsKeyId.",
  validateResource: validateResourceOfType(aws.sagemaker.FeatureGroup, ({ onlineStoreConfig: online, offlineStoreConfig: offline }, args, report) => {
    if (online !== undefined && !isCustomerKey(online.securityConfig, "kmsKeyId"))
      report(`Feature group "${args.name}" has no customer-managed key for its online store; onlineStoreConfig.securityConfig.kmsKeyId must name one.`);
    if (offline !== undefined && !isCustomerKey(offline.s3StorageConfig, "kmsKeyId"))
      report(`Feature group "${args.name}" has no customer-managed key for its offline store; offlineStoreConfig.s3StorageConfig.kmsKeyId must name one.`);
  }),
};
