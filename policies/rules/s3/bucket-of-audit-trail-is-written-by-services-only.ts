import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketDenies, bucketStatements, judgeBuckets, receivesAuditTrail } from "./buckets.ts";

/** Nobody writes false records among the true ones: the bucket's policy denies writing to whoever is no AWS service. */
export const bucketOfAuditTrailIsWrittenByServicesOnly: StackValidationPolicy = {
  name: "s3-bucket-of-audit-trail-is-written-by-services-only",
  description: "S3 buckets that CloudTrail or Config write to must deny s3:PutObject to whoever is no AWS service.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.312(c)(2)"),
  tags: ["s3", "audit", "integrity"],
  remediationSteps: "Make the bucket an ArchiveBucket, or let its policy deny s3:PutObject to everybody where aws:PrincipalIsAWSService is false.",
  validateStack: (args, report) => {
    const { resources } = args;
    judgeBuckets(
      args,
      report,
      (bucket, say) => {
        const context = { "aws:principalisawsservice": "false" };
        if (!bucketDenies(bucket, bucketStatements(bucket, resources), { action: "s3:PutObject", context })) say("lets others than AWS services write.");
      },
      { only: (bucket) => receivesAuditTrail(bucket, resources), none: "No bucket of the stack takes in an audit trail." },
    );
  },
};
