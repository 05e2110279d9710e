import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketNamedBy, bucketStatements, judgeBuckets, letsWrite, partsOf, receivesAccessLogs } from "./buckets.ts";

/**
 * Who asked each bucket for what is logged, into another bucket, which lets S3 write. S3 drops logs in silence where it may not (S3 User
 * Guide, "Troubleshooting server access logging"). The bucket of the logs logs nothing: it would fill itself.
 */
export const bucketLogsAccess: StackValidationPolicy = {
  name: "s3-bucket-logs-access",
  description: "S3 buckets must log access to another bucket, which lets S3 write logs.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.308(a)(5)(ii)(C)", "164.312(b)"),
  tags: ["s3", "audit"],
  remediationSteps: "Make the bucket an EncryptedBucket with accessLogs, or add a BucketLogging whose targetBucket is an AccessLogBucket.",
  validateStack: (args, report) => {
    const { resources } = args;
    judgeBuckets(args, report, (bucket, say) => {
      const [logging] = partsOf(bucket, resources, "BucketLogging");
      const own = receivesAccessLogs(bucket, resources);
      if (own && !letsWrite(bucketStatements(bucket, resources), "logging.s3.amazonaws.com"))
        say("takes in access logs and does not let logging.s3.amazonaws.com write them.");
      if (logging === undefined && !own) say("logs no access.");
      if (logging !== undefined && isSame(bucketNamedBy(logging, "targetBucket", resources), bucket)) say("logs access into itself.");
    });
  },
};

const isSame = (one: PolicyResource | undefined, other: PolicyResource): boolean => one?.urn === other.urn;
