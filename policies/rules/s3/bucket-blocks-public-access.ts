import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { companionsOf } from "../../relations.ts";

const switches = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** No bucket can be made public, by an access list or by a policy. */
export const bucketBlocksPublicAccess: StackValidationPolicy = {
  name: "s3-bucket-blocks-public-access",
  description: "S3 buckets must block public access in all four ways.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["s3", "public-access"],
  remediationSteps: `Add a BucketPublicAccessBlock with ${switches.join(", ")} set to true.`,
  validateStack: ({ resources }, report) => {
    judgeEach(
      resources.filter(({ type }) => type === "aws:s3/bucket:Bucket"),
      (bucket) => {
        const [block] = companionsOf(bucket, resources, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
        const open = switches.filter((name) => block?.props[name] !== true);
        if (open.length > 0) report(`Bucket "${bucket.name}" does not set ${open.join(", ")}.`, bucket.urn);
      },
    );
  },
};
