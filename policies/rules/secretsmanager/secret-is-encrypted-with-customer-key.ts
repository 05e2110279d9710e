import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Secrets, and their copies in other Regions, are encrypted with a customer key: who may use AWS's own is every identity of the account that may read the secret. */
export const secretIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "secretsmanager-secret-is-encrypted-with-customer-key",
  description: "Secrets and their replicas must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(D)", "164.312(a)(2)(iv)"),
  tags: ["secretsmanager", "encryption"],
  remediationSteps: "Set kmsKeyId, of the secret and of each of its replicas, to a key of DataKeys.",
  validateResource: validateResourceOfType(aws.secretsmanager.Secret, (secret, args, report) => {
    if (!isCustomerKey(secret, "kmsKeyId")) report(`Secret "${args.name}" has no customer-managed key.`);
    for (const replica of secret.replicas ?? [])
      if (!isCustomerKey(replica, "kmsKeyId")) report(`Secret "${args.name}" has no customer-managed key in ${replica.region}.`);
  }),
};
