import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketDeniesAll, bucketStatements, judgeBuckets } from "./buckets.ts";

/** Every bucket's policy denies whatever does not come over TLS. */
export const bucketRefusesRequestsWithoutTls: StackValidationPolicy = {
  name: "s3-bucket-refuses-requests-without-tls",
  description: "S3 buckets must deny every request that is not made over TLS.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["s3", "transit"],
  remediationSteps: "Make the bucket an EncryptedBucket, or let its policy deny s3:* to everybody, on bucket and objects, where aws:SecureTransport is false.",
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      if (!bucketDeniesAll(bucket, bucketStatements(bucket, args.resources), { "aws:securetransport": "false" })) say("accepts requests without TLS.");
    });
  },
};
