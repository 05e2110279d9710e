import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeBuckets } from "./buckets.ts";
import { isAboutWorkingCopies, lifecycleOf, workingPrefixes } from "./lifecycles.ts";

interface Config {
  readonly minimumDays: number;
  readonly workingPrefixes: readonly string[];
}

/** Six years with the two leap days that they can hold: 164.316(b)(2)(i). States ask more of medical records, so nothing of a case expires by itself in our buckets. */
const defaultDays = 2192;

/** No lifecycle rule deletes objects within the time that documents and logs must be kept. */
export const bucketExpiresNothingTooEarly: StackValidationPolicy = {
  name: "s3-bucket-expires-nothing-too-early",
  description: "S3 buckets must not let objects expire before the retention period ends.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
  tags: ["s3", "retention", "audit"],
  remediationSteps: "Set retention.accessLogs of the stack to 2192 days or more; give buckets of cases no expiration.days.",
  configSchema: {
    properties: {
      minimumDays: { type: "integer", minimum: 1, default: defaultDays },
      workingPrefixes: { type: "array", items: { type: "string" }, default: [...workingPrefixes] },
    },
  },
  validateStack: (args, report) => {
    const { minimumDays = defaultDays, workingPrefixes: working = workingPrefixes } = args.getConfig<Partial<Config>>();
    judgeBuckets(args, report, (bucket, say) => {
      for (const { id, expiration } of lifecycleOf(bucket, args.resources).filter((rule) => !isAboutWorkingCopies(rule, working))) {
        if (expiration?.date !== undefined) say(`lets objects expire on ${expiration.date} (${id}); it must count days.`);
        if (expiration?.days !== undefined && expiration.days > 0 && expiration.days < minimumDays)
          say(`lets objects expire after ${expiration.days} days (${id}); it must keep them ${minimumDays}.`);
      }
    });
  },
};
