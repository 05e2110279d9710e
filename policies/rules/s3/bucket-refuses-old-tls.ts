import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketDeniesAll, bucketStatements, judgeBuckets } from "./buckets.ts";

/** Every bucket's policy denies TLS before 1.2, which NIST SP 800-52 Rev. 2 no longer allows. */
export const bucketRefusesOldTls: StackValidationPolicy = {
  name: "s3-bucket-refuses-old-tls",
  description: "S3 buckets must deny every request that is made over TLS below 1.2.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["s3", "transit"],
  remediationSteps: "Make the bucket an EncryptedBucket, or let its policy deny s3:* to everybody, on bucket and objects, where s3:TlsVersion is below 1.2.",
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      const statements = bucketStatements(bucket, args.resources);
      const accepted = ["1.0", "1.1"].filter((version) => !bucketDeniesAll(bucket, statements, { "aws:securetransport": "true", "s3:tlsversion": version }));
      if (accepted.length > 0) say(`accepts TLS ${accepted.join(" and ")}; it must deny what is below 1.2.`);
    });
  },
};
