import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeBuckets, partsOf } from "./buckets.ts";

/** Who may do what stands in policies alone: access lists, a second way that grants to accounts by number, are off. */
export const bucketKnowsNoAccessLists: StackValidationPolicy = {
  name: "s3-bucket-knows-no-access-lists",
  description: "S3 buckets must have their access lists (ACLs) switched off.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
  tags: ["s3", "least-privilege"],
  remediationSteps: "Make the bucket an EncryptedBucket, or add BucketOwnershipControls with objectOwnership BucketOwnerEnforced and no BucketAcl.",
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      const [controls] = partsOf(bucket, args.resources, "BucketOwnershipControls");
      const ownership: unknown = controls?.props["rule"]?.objectOwnership;
      if (ownership !== "BucketOwnerEnforced") say(`has objectOwnership ${ownership ?? "unset"}; it must be BucketOwnerEnforced.`);
      if (partsOf(bucket, args.resources, "BucketAcl").length > 0) say("has an access list; it must have none.");
    });
  },
};
