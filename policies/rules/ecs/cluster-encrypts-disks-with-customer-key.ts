import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** A task writes what does not fit into memory, and what it works on is patients' data. */
export const clusterEncryptsDisksWithCustomerKey: ResourceValidationPolicy = {
  name: "ecs-cluster-encrypts-disks-with-customer-key",
  description: "Clusters of ECS must encrypt the disks of tasks with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["ecs", "encryption"],
  remediationSteps: "Use our FargateTask, or set configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId.",
  validateResource: validateResourceOfType(aws.ecs.Cluster, ({ configuration }, args, report) => {
    if (!isCustomerKey(configuration?.managedStorageConfiguration, "fargateEphemeralStorageKmsKeyId"))
      report(`Cluster "${args.name}" has no customer-managed key for disks; managedStorageConfiguration.fargateEphemeralStorageKmsKeyId must name one.`);
  }),
};
