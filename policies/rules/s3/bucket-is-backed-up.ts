import type { StackValidationPolicy } from "@pulumi/policy";
import { isBackedUp } from "../../backups.ts";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { isCopy, judgeBuckets, partsOf, receivesLogs, replicationType } from "./buckets.ts";

/** What a bucket of cases holds exists twice: AWS Backup keeps it, or another bucket takes a copy of every object. */
export const bucketIsBackedUp: StackValidationPolicy = {
  name: "s3-bucket-is-backed-up",
  description: "S3 buckets that may hold cases must be backed up by AWS Backup, or replicated to another bucket.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)", "164.310(d)(2)(iv)"),
  tags: ["s3", "recovery", "presence"],
  remediationSteps: "Give the bucket to the BackupPlan or to the BucketReplication; if it holds nobody's data, tag it data-classification none.",
  validateStack: (args, report) => {
    const { resources } = args;
    judgeBuckets(
      args,
      report,
      (bucket, say) => {
        const copied = resources.some(({ type }) => type === replicationType) && partsOf(bucket, resources, "BucketReplicationConfig").length > 0;
        if (!copied && !isBackedUp(bucket, resources)) say("is neither backed up nor replicated.");
      },
      { only: (bucket) => holdsCases(bucket) && !isCopy(bucket, resources) && !receivesLogs(bucket, resources), none: "No bucket of the stack holds cases." },
    );
  },
};
