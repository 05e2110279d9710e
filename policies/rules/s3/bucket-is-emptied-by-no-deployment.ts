import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { s3Types } from "./buckets.ts";

interface Config {
  readonly allowed: boolean;
}

/** Who takes a bucket out of the program does not delete what lies in it: the provider then refuses to delete a bucket that is not empty. */
export const bucketIsEmptiedByNoDeployment: ResourceValidationPolicy = {
  name: "s3-bucket-is-emptied-by-no-deployment",
  description: "S3 buckets must not be emptied when their stack is destroyed.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.310(d)(2)(i)", "164.312(c)(1)"),
  tags: ["s3", "recovery"],
  remediationSteps: 'Set removal "retain" of the stack, or forceDestroy false.',
  configSchema: { properties: { allowed: { type: "boolean", default: false } } },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    if (!s3Types("Bucket").includes(type)) notApplicable("The resource is no bucket.");
    if (!getConfig<Partial<Config>>().allowed && props["forceDestroy"] === true) report(`Bucket "${name}" sets forceDestroy; it must not.`);
  },
};
