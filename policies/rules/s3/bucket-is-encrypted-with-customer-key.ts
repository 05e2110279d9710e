import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey, judgeEach } from "../../given.ts";
import { companionsOf, refersTo } from "../../relations.ts";

const encryptionType = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";

/**
 * Every bucket encrypts with a customer key by default. A bucket that takes in access logs is excepted: S3 delivers them
 * only to buckets with its own keys (S3 User Guide, "Enabling server access logging").
 */
export const bucketIsEncryptedWithCustomerKey: StackValidationPolicy = {
  name: "s3-bucket-is-encrypted-with-customer-key",
  description: "S3 buckets must encrypt every object with a customer-managed KMS key; buckets that receive access logs with S3's own.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["s3", "encryption"],
  remediationSteps: "Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms, kmsMasterKeyId and bucketKeyEnabled.",
  validateStack: ({ resources }, report) => {
    const buckets = resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
    judgeEach(buckets, (bucket) => {
      const [configuration] = companionsOf(bucket, resources, encryptionType);
      const rules = (configuration?.props["rules"] ?? []) as Rule[];
      if (rules.length === 0) return report(`Bucket "${bucket.name}" has no encryption configuration.`, bucket.urn);
      if (receivesAccessLogs(bucket, resources)) return;
      for (const { applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled } of rules) {
        if (byDefault?.sseAlgorithm !== "aws:kms" || !isCustomerKey(byDefault, "kmsMasterKeyId")) {
          report(`Bucket "${bucket.name}" encrypts with ${byDefault?.sseAlgorithm ?? "nothing"}; it must use aws:kms with a customer-managed key.`, bucket.urn);
        } else if (bucketKeyEnabled !== true) report(`Bucket "${bucket.name}" must set bucketKeyEnabled.`, bucket.urn);
      }
    });
  },
};

interface Rule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string };
  readonly bucketKeyEnabled?: boolean;
}

const receivesAccessLogs = (bucket: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  resources.some((resource) => resource.type === "aws:s3/bucketLogging:BucketLogging" && refersTo(resource, "targetBucket", bucket, ["bucket", "id"]));
