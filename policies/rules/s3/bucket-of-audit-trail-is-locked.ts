import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketStatements, judgeBuckets, letsWrite } from "./buckets.ts";
import { lockFlaws } from "./locks.ts";

interface Config {
  readonly minimumDays: number;
}

/** Six years with the two leap days that they can hold. */
const defaultDays = 2192;

/**
 * Nobody changes or deletes the audit trail for six years, the root user included. 164.316(b)(2)(i) asks it for documentation; an
 * audit trail is commonly read as such. Config is excepted, as it delivers to no bucket that locks what it takes by default (Config
 * Developer Guide, "Managing the delivery channel"): its bucket is closed by `s3-bucket-of-audit-trail-deletes-nothing`.
 */
export const bucketOfAuditTrailIsLocked: StackValidationPolicy = {
  name: "s3-bucket-of-audit-trail-is-locked",
  description: "S3 buckets that CloudTrail writes to must lock every object in compliance mode for the audit period.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.312(c)(2)", "164.316(b)(2)(i)"),
  tags: ["s3", "audit", "integrity"],
  remediationSteps: "Make the bucket an ArchiveBucket that is locked, or set objectLockEnabled and add a BucketObjectLockConfiguration with mode COMPLIANCE.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 1, default: defaultDays } } },
  validateStack: (args, report) => {
    const { resources } = args;
    const { minimumDays = defaultDays } = args.getConfig<Partial<Config>>();
    judgeBuckets(args, report, (bucket, say) => lockFlaws(bucket, resources, minimumDays).forEach(say), {
      only: (bucket) => letsWrite(bucketStatements(bucket, resources), "cloudtrail.amazonaws.com"),
      none: "CloudTrail writes to no bucket of the stack.",
    });
  },
};
