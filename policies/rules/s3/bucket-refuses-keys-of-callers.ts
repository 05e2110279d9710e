import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketDenies, bucketStatements, judgeBuckets, partsOf } from "./buckets.ts";

/**
 * No caller encrypts with a key of their own (SSE-C): S3 forgets it, so that a thief with write access makes data unreadable to
 * everybody else and asks a ransom, with no key of KMS involved. Blocked in the encryption configuration (S3 User Guide, "Blocking or
 * unblocking SSE-C for a general purpose bucket") or denied by the policy.
 */
export const bucketRefusesKeysOfCallers: StackValidationPolicy = {
  name: "s3-bucket-refuses-keys-of-callers",
  description: "S3 buckets must refuse objects that a caller encrypts with a key of their own (SSE-C).",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(B)", "164.308(a)(7)(ii)(A)", "164.312(a)(2)(iv)", "164.312(c)(1)"),
  tags: ["s3", "encryption", "ransomware"],
  remediationSteps: 'Make the bucket an EncryptedBucket, or set blockedEncryptionTypes ["SSE-C"] in each rule of its BucketServerSideEncryptionConfiguration.',
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      const rules = partsOf(bucket, args.resources, "BucketServerSideEncryptionConfiguration").flatMap(({ props }) => (props["rules"] ?? []) as Rule[]);
      const blocked = rules.length > 0 && rules.every(({ blockedEncryptionTypes = [] }) => blockedEncryptionTypes.includes("SSE-C"));
      const context = { "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" };
      if (blocked || bucketDenies(bucket, bucketStatements(bucket, args.resources), { action: "s3:PutObject", context })) return;
      say("accepts objects encrypted with keys of callers; it must block SSE-C.");
    });
  },
};

interface Rule {
  readonly blockedEncryptionTypes?: readonly string[];
}
