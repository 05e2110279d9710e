import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import { arnOf, bucketNamedBy, bucketStatements, judgeBuckets, letsWrite, partsOf, receivesAccessLogs } from "./buckets.ts";

interface Config {
  readonly buckets: readonly string[];
}

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
  remediationSteps:
    "Make the bucket an EncryptedBucket with accessLogs, or add a BucketLogging whose targetBucket is an AccessLogBucket, or one that the setting buckets names.",
  configSchema: { properties: { buckets: { type: "array", items: { type: "string" }, default: [] } } },
  validateStack: (args, report) => {
    const { resources } = args;
    const { buckets: approved = [] } = args.getConfig<Partial<Config>>();
    judgeBuckets(args, report, (bucket, say) => {
      const [logging] = partsOf(bucket, resources, "BucketLogging");
      if (logging === undefined) {
        if (!receivesAccessLogs(bucket, resources)) say("logs no access.");
        return;
      }
      const target = bucketNamedBy(logging, "targetBucket", resources);
      const name = knownText(logging.props, "targetBucket") ?? "a bucket";
      if (target?.urn === bucket.urn) say("logs access into itself.");
      else if (target === undefined && !approved.includes(name)) say(`logs access into ${name}, which is no bucket of the stack.`);
      else if (target !== undefined && !letsWrite(bucketStatements(target, resources), "logging.s3.amazonaws.com", arnOf(bucket)))
        say(`logs access into "${target.name}", which does not let logging.s3.amazonaws.com write for it.`);
    });
  },
};
