import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeBuckets, partsOf } from "./buckets.ts";

/** Every bucket keeps the versions of its objects. */
export const bucketKeepsVersions: StackValidationPolicy = {
  name: "s3-bucket-keeps-versions",
  description: "S3 buckets must keep every version of their objects.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.312(c)(1)", "164.312(c)(2)"),
  tags: ["s3", "integrity"],
  remediationSteps: 'Make the bucket an EncryptedBucket, or add a BucketVersioning with versioningConfiguration.status "Enabled".',
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      const [versioning] = partsOf(bucket, args.resources, "BucketVersioning");
      const status: unknown = versioning?.props["versioningConfiguration"]?.status;
      if (status !== "Enabled") say(`has versioning ${status ?? "unset"}; it must be Enabled.`);
    });
  },
};
