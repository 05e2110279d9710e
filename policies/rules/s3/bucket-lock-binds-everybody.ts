import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeBuckets, partsOf } from "./buckets.ts";
import { lockFlaws } from "./locks.ts";

interface Config {
  readonly buckets: readonly string[];
  readonly minimumDays: number;
}

/** Days; how long a study must keep its sources, its protocol says. */
const defaults: Config = { buckets: [], minimumDays: 1 };

/**
 * Where objects are locked, nobody can unlock them: in governance mode whoever may s3:BypassGovernanceRetention can. Which buckets must
 * be locked depends on the studies that an environment serves, so its configuration names them.
 */
export const bucketLockBindsEverybody: StackValidationPolicy = {
  name: "s3-bucket-lock-binds-everybody",
  description: "S3 buckets that lock objects, and those that a study asks it of, must lock them in compliance mode for as long as is asked.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)", "164.312(c)(1)"),
  tags: ["s3", "integrity", "research"],
  remediationSteps: "Give the DataLake retention.sourceLockDays, or the EncryptedBucket lockDays.",
  configSchema: {
    properties: {
      buckets: { type: "array", items: { type: "string" }, default: [...defaults.buckets] },
      minimumDays: { type: "integer", minimum: 1, default: defaults.minimumDays },
    },
  },
  validateStack: (args, report) => {
    const { resources } = args;
    const { buckets, minimumDays } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const asked = ({ name }: PolicyResource): boolean => buckets.includes(name);
    const locks = (bucket: PolicyResource): boolean =>
      bucket.props["objectLockEnabled"] === true || partsOf(bucket, resources, "BucketObjectLockConfiguration").length > 0;
    judgeBuckets(args, report, (bucket, say) => lockFlaws(bucket, resources, asked(bucket) ? minimumDays : defaults.minimumDays).forEach(say), {
      only: (bucket) => asked(bucket) || locks(bucket),
      none: "No bucket locks objects, and none is asked to.",
    });
  },
};
