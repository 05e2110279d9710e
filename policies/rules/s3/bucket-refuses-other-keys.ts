import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import type { Request } from "../../requests.ts";
import { bucketDenies, bucketStatements, judgeBuckets, partsOf, receivesAccessLogs, receivesAuditTrail } from "./buckets.ts";

const kind = "s3:x-amz-server-side-encryption";
const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/** How a request could bring an object in that is not encrypted with the bucket's key. */
const otherKey: [how: string, context: Request["context"]] = [
  "another KMS key",
  { [kind]: "aws:kms", [key]: "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-4000-8000-000000000000" },
];
const otherWays: readonly (typeof otherKey)[] = [
  otherKey,
  ["S3's own keys", { [kind]: "AES256", [key]: undefined }],
  ["AWS's KMS key", { [kind]: "aws:kms", [key]: undefined }],
];

/**
 * What comes in under another key is out of the bucket key's control: whoever owns that key reads it, and can take it away.
 *
 * A bucket for access logs has S3's own keys. CloudTrail encrypts its digest files with these, whatever the trail's key
 * (CloudTrail User Guide, "Encrypting CloudTrail log files with AWS KMS keys"), so a bucket of an audit trail refuses only other
 * KMS keys.
 */
export const bucketRefusesOtherKeys: StackValidationPolicy = {
  name: "s3-bucket-refuses-other-keys",
  description: "S3 buckets must deny objects that are encrypted in another way than with the bucket's key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(2)(iv)", "164.312(c)(1)"),
  tags: ["s3", "encryption"],
  remediationSteps:
    "Make the bucket an EncryptedBucket: its policy denies s3:PutObject with another kind of encryption, another key, or aws:kms without a key.",
  validateStack: (args, report) => {
    const { resources } = args;
    judgeBuckets(
      args,
      report,
      (bucket, say) => {
        const statements = bucketStatements(bucket, resources);
        const ways = receivesAuditTrail(bucket, resources) ? [otherKey] : otherWays;
        const accepted = ways.filter(([, context]) => !bucketDenies(bucket, statements, { action: "s3:PutObject", context })).map(([how]) => how);
        const own = ownKeys(bucket, resources).map((arn) => ({ [kind]: "aws:kms", [key]: arn }));
        const refusesOwn = [...own, { [kind]: undefined, [key]: undefined }].some((context) =>
          bucketDenies(bucket, statements, { action: "s3:PutObject", context }),
        );
        if (refusesOwn) say("refuses objects under its own key: its policy is about another.");
        if (accepted.length > 0) say(`accepts objects encrypted with ${accepted.join(", ")}; it must accept its own key only.`);
      },
      { only: (bucket) => !receivesAccessLogs(bucket, resources), none: "The stack has no bucket with a customer key." },
    );
  },
};

/** The keys that a bucket encrypts with by default, as far as they are known. */
const ownKeys = (bucket: PolicyResource, resources: readonly PolicyResource[]): string[] =>
  partsOf(bucket, resources, "BucketServerSideEncryptionConfiguration")
    .flatMap(({ props }) => (props["rules"] ?? []) as { applyServerSideEncryptionByDefault?: object }[])
    .flatMap(({ applyServerSideEncryptionByDefault: byDefault }) => knownText(byDefault, "kmsMasterKeyId") ?? []);
