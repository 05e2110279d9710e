import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeBuckets } from "./buckets.ts";
import { isAboutAll, lifecycleOf } from "./lifecycles.ts";

interface Config {
  readonly maximumDays: number;
}

const defaultDays = 7;

/** Parts of an upload that never ended are patients' data that nobody sees in a list: they go after days. */
export const bucketSweepsUpUnfinishedUploads: StackValidationPolicy = {
  name: "s3-bucket-sweeps-up-unfinished-uploads",
  description: "S3 buckets must remove the parts of unfinished uploads within a week.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.310(d)(2)(i)", "164.502(b)"),
  tags: ["s3", "disposal"],
  remediationSteps:
    "Make the bucket an EncryptedBucket, or add an enabled lifecycle rule for all objects with abortIncompleteMultipartUpload.daysAfterInitiation.",
  configSchema: { properties: { maximumDays: { type: "integer", minimum: 1, default: defaultDays } } },
  validateStack: (args, report) => {
    const { maximumDays = defaultDays } = args.getConfig<Partial<Config>>();
    judgeBuckets(args, report, (bucket, say) => {
      const days = lifecycleOf(bucket, args.resources)
        .filter(isAboutAll)
        .flatMap((rule) => rule.abortIncompleteMultipartUpload?.daysAfterInitiation ?? []);
      const soonest = Math.min(...days);
      if (days.length === 0) say("keeps unfinished uploads for ever; it must remove them.");
      else if (soonest > maximumDays) say(`keeps unfinished uploads ${soonest} days; it must remove them after ${maximumDays} or fewer.`);
    });
  },
};
