import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeBuckets, partsOf } from "./buckets.ts";
import { publicAccessSwitches, switchesOff } from "./public-access.ts";

/** No bucket can be made public, by an access list or by a policy. */
export const bucketBlocksPublicAccess: StackValidationPolicy = {
  name: "s3-bucket-blocks-public-access",
  description: "S3 buckets must block public access in all four ways.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)", "164.312(e)(1)"),
  tags: ["s3", "public-access"],
  remediationSteps: `Make the bucket an EncryptedBucket, or add a BucketPublicAccessBlock with ${publicAccessSwitches.join(", ")} set to true.`,
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      const [block] = partsOf(bucket, args.resources, "BucketPublicAccessBlock");
      const open = switchesOff(block);
      if (open.length > 0) say(`does not set ${open.join(", ")}.`);
    });
  },
};
