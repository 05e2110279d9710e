import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { s3Types } from "./buckets.ts";

interface Config {
  readonly allowed: boolean;
}

/**
 * Accelerated transfers enter AWS's network at the nearest edge location, perhaps in another country, and pass by the VPC's endpoint and
 * its policy (S3 User Guide, "Configuring fast, secure file transfers using Amazon S3 Transfer Acceleration"). An environment whose
 * uploads come from far away says that it wants them.
 */
export const bucketIsAcceleratedWhereAllowed: ResourceValidationPolicy = {
  name: "s3-bucket-is-accelerated-where-allowed",
  description: "S3 buckets must not accelerate transfers where the stack's configuration does not allow it.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.312(e)(1)"),
  tags: ["s3", "transit", "residency"],
  remediationSteps: "Set acceleratedUploads false, or allow it in policies/config.",
  configSchema: { properties: { allowed: { type: "boolean", default: false } } },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    if (!s3Types("BucketAccelerateConfiguration").includes(type)) notApplicable("The resource accelerates no bucket.");
    const { allowed = false } = getConfig<Partial<Config>>();
    if (!allowed && props["status"] !== "Suspended") report(`"${name}" accelerates transfers; status must be Suspended, not ${props["status"]}.`);
  },
};
