import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly maximumDays: number;
}

/** AWS rotates keys once a year unless told otherwise, and only symmetric keys that encrypt. */
const defaultDays = 365;

/** Customer keys get new key material at least once a year. */
export const keyRotatesEveryYear: ResourceValidationPolicy = {
  name: "kms-key-rotates-every-year",
  description: "Symmetric KMS keys must rotate their key material at least once a year.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["kms", "encryption"],
  remediationSteps: "Make the key an EncryptionKey, or set enableKeyRotation, and no rotationPeriodInDays above a year.",
  configSchema: { properties: { maximumDays: { type: "integer", minimum: 90, maximum: 2560, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.kms.Key, (key, args, report) => {
    const { maximumDays = defaultDays } = args.getConfig<Partial<Config>>();
    const symmetric = (key.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT" && (key.keyUsage ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT";
    if (!symmetric) args.notApplicable("AWS rotates only symmetric keys that encrypt.");
    if (key.enableKeyRotation !== true) report(`Key "${args.name}" does not rotate.`);
    const days = key.rotationPeriodInDays ?? defaultDays;
    if (days > maximumDays) report(`Key "${args.name}" rotates every ${days} days; it must be every ${maximumDays} days or sooner.`);
  }),
};
