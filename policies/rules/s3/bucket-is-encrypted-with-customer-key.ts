import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";
import { judgeBuckets, partsOf, receivesAccessLogs } from "./buckets.ts";

/**
 * Every bucket encrypts with a customer key by default. A bucket that takes in access logs is excepted: S3 delivers them
 * only to buckets with its own keys (S3 User Guide, "Enabling server access logging").
 */
export const bucketIsEncryptedWithCustomerKey: StackValidationPolicy = {
  name: "s3-bucket-is-encrypted-with-customer-key",
  description: "S3 buckets must encrypt every object with a customer-managed KMS key; buckets that receive access logs with S3's own.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
  tags: ["s3", "encryption"],
  remediationSteps:
    "Make the bucket an EncryptedBucket, or add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms, kmsMasterKeyId and bucketKeyEnabled.",
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      const [configuration] = partsOf(bucket, args.resources, "BucketServerSideEncryptionConfiguration");
      const rules = (configuration?.props["rules"] ?? []) as Rule[];
      if (rules.length === 0) return say("has no encryption configuration.");
      const own = receivesAccessLogs(bucket, args.resources);
      for (const { applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled } of rules) {
        const algorithm = byDefault?.sseAlgorithm ?? "nothing";
        if (own) {
          if (algorithm !== "AES256") say(`takes in access logs and encrypts with ${algorithm}; it must use AES256, or S3 delivers none.`);
        } else if (algorithm !== "aws:kms" || !isCustomerKey(byDefault, "kmsMasterKeyId")) {
          say(`encrypts with ${algorithm}; it must use aws:kms with a customer-managed key.`);
        } else if (bucketKeyEnabled !== true) say("must set bucketKeyEnabled.");
      }
    });
  },
};

interface Rule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string };
  readonly bucketKeyEnabled?: boolean;
}
