import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Definitions and execution histories are encrypted with a customer key. */
export const stateMachineIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "sfn-state-machine-is-encrypted-with-customer-key",
  description: "Step Functions state machines must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["sfn", "encryption"],
  remediationSteps: "Set encryptionConfiguration.type CUSTOMER_MANAGED_KMS_KEY and encryptionConfiguration.kmsKeyId.",
  validateResource: validateResourceOfType(aws.sfn.StateMachine, (machine, args, report) => {
    const encryption = machine.encryptionConfiguration;
    if (encryption?.type !== "CUSTOMER_MANAGED_KMS_KEY" || !isCustomerKey(encryption, "kmsKeyId")) {
      report(`State machine "${args.name}" has no customer-managed key.`);
    }
  }),
};
