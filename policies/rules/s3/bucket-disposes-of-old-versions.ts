import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeBuckets, partsOf, receivesAuditTrail } from "./buckets.ts";
import { isAboutAll, isAboutWorkingCopies, lifecycleOf, workingPrefixes } from "./lifecycles.ts";

interface Config {
  readonly minimumDays: number;
  readonly auditDays: number;
  readonly workingPrefixes: readonly string[];
}

/** A month to notice that something was deleted by mistake; the audit period for what must not be lost even if it is hidden. */
const defaults: Config = { minimumDays: 30, auditDays: 2192, workingPrefixes };

/**
 * What is deleted can be brought back for a while, and is then gone for good, its marker included: 164.310(d)(2)(i) asks for the final
 * disposition of patients' data. What an audit trail holds stays the whole audit period, unless a lock keeps it anyway.
 */
export const bucketDisposesOfOldVersions: StackValidationPolicy = {
  name: "s3-bucket-disposes-of-old-versions",
  description: "S3 buckets must keep deleted and overwritten objects for a time, and must then remove them.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.310(d)(2)(i)", "164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
  tags: ["s3", "disposal", "recovery"],
  remediationSteps: "Set noncurrentDays of the EncryptedBucket, which its lifecycle rule for all objects takes as noncurrentVersionExpiration.noncurrentDays.",
  configSchema: {
    properties: {
      minimumDays: { type: "integer", minimum: 1, default: defaults.minimumDays },
      auditDays: { type: "integer", minimum: 1, default: defaults.auditDays },
      workingPrefixes: { type: "array", items: { type: "string" }, default: [...workingPrefixes] },
    },
  },
  validateStack: (args, report) => {
    const { resources } = args;
    const { minimumDays, auditDays, workingPrefixes: working } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeBuckets(args, report, (bucket, say) => {
      const rules = lifecycleOf(bucket, resources).filter((rule) => !isAboutWorkingCopies(rule, working));
      const locked = partsOf(bucket, resources, "BucketObjectLockConfiguration").length > 0;
      const least = receivesAuditTrail(bucket, resources) && !locked ? auditDays : minimumDays;
      const days = rules.flatMap((rule) => rule.noncurrentVersionExpiration?.noncurrentDays ?? []);
      const removesAll = rules.some((rule) => isAboutAll(rule) && rule.noncurrentVersionExpiration?.noncurrentDays !== undefined);
      if (!removesAll) say("keeps old versions for ever; it must remove them in the end.");
      const soonest = Math.min(...days);
      if (days.length > 0 && soonest < least) say(`removes old versions after ${soonest} days; it must keep them ${least}.`);
      const clears = rules.some((rule) => isAboutAll(rule) && (rule.expiration?.expiredObjectDeleteMarker === true || rule.expiration?.days !== undefined));
      if (!clears) say("keeps markers of deleted objects; it must set expiration.expiredObjectDeleteMarker.");
    });
  },
};
