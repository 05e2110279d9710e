import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { companionsOf } from "../../relations.ts";

/** Every bucket keeps the versions of its objects. */
export const bucketKeepsVersions: StackValidationPolicy = {
  name: "s3-bucket-keeps-versions",
  description: "S3 buckets must keep every version of their objects.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(c)(1)", "164.308(a)(7)(ii)(A)"),
  tags: ["s3", "integrity"],
  remediationSteps: 'Add a BucketVersioning with versioningConfiguration.status "Enabled".',
  validateStack: ({ resources }, report) => {
    judgeEach(
      resources.filter(({ type }) => type === "aws:s3/bucket:Bucket"),
      (bucket) => {
        const [versioning] = companionsOf(bucket, resources, "aws:s3/bucketVersioning:BucketVersioning");
        const status: unknown = versioning?.props["versioningConfiguration"]?.status;
        if (status !== "Enabled") report(`Bucket "${bucket.name}" has versioning ${status ?? "unset"}; it must be Enabled.`, bucket.urn);
      },
    );
  },
};
