import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketDenies, bucketStatements, judgeBuckets, receivesAuditTrail } from "./buckets.ts";

/** DeleteObject hides an object behind a marker, DeleteObjectVersion destroys it; who may bypass governance could unlock it. */
const deletions = ["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"];

/** What is recorded for audit stays: the bucket's policy denies its deletion to everybody, and lifecycle rules alone remove it in the end. */
export const bucketOfAuditTrailDeletesNothing: StackValidationPolicy = {
  name: "s3-bucket-of-audit-trail-deletes-nothing",
  description: "S3 buckets that CloudTrail or Config write to must deny everybody the deletion of objects and versions.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
  tags: ["s3", "audit", "integrity"],
  remediationSteps: `Make the bucket an ArchiveBucket, or let its policy deny ${deletions.join(", ")} on its objects to everybody.`,
  validateStack: (args, report) => {
    const { resources } = args;
    judgeBuckets(
      args,
      report,
      (bucket, say) => {
        const statements = bucketStatements(bucket, resources);
        const possible = deletions.filter((action) => !bucketDenies(bucket, statements, { action, context: {} }));
        if (possible.length > 0) say(`does not deny ${possible.join(", ")} to everybody.`);
      },
      { only: (bucket) => receivesAuditTrail(bucket, resources), none: "No bucket of the stack takes in an audit trail." },
    );
  },
};
