import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumDays: number;
}

/** The longest that KMS waits, and what it waits if nothing is said (KMS API Reference, "ScheduleKeyDeletion"). */
const defaultDays = 30;

/** With its key, all data under it are gone: a deletion can be taken back for a month, a key is not switched off, and nobody locks themselves out. */
export const keyOutlivesMistakes: ResourceValidationPolicy = {
  name: "kms-key-outlives-mistakes",
  description: "KMS keys must wait a month before they are deleted, be enabled, and keep an administrator.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(C)", "164.310(d)(2)(i)"),
  tags: ["kms", "recovery"],
  remediationSteps: "Make the key an EncryptionKey, or set deletionWindowInDays 30 and leave isEnabled and bypassPolicyLockoutSafetyCheck as they are.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 7, maximum: defaultDays, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.kms.Key, (key, args, report) => {
    const { minimumDays = defaultDays } = args.getConfig<Partial<Config>>();
    const days = key.deletionWindowInDays ?? defaultDays;
    if (days < minimumDays) report(`Key "${args.name}" is deleted after ${days} days; it must wait ${minimumDays}.`);
    if (key.isEnabled === false) report(`Key "${args.name}" is switched off; isEnabled must be true.`);
    if (key.bypassPolicyLockoutSafetyCheck === true) report(`Key "${args.name}" sets bypassPolicyLockoutSafetyCheck; it must not.`);
  }),
};
