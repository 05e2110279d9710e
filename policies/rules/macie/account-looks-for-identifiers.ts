import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { isBackedUp } from "../../backups.ts";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { takesUploads } from "../guardduty/uploads.ts";

interface Config {
  readonly minimumPercent: number;
}

/** Percent of the objects that a job must look into. */
const defaultPercent = 20;

interface Job {
  readonly jobType?: string;
  readonly jobStatus?: string;
  readonly initialRun?: boolean;
  readonly samplingPercentage?: number;
  readonly scheduleFrequency?: { readonly dailySchedule?: boolean; readonly weeklySchedule?: string; readonly monthlySchedule?: number };
  readonly s3JobDefinition?: { readonly bucketDefinitions?: readonly { readonly buckets: readonly string[] }[]; readonly bucketCriteria?: object };
}

/**
 * In every account that may hold patients' data Macie looks, again and again, for identifiers of people where there should be none: in
 * every bucket that is worth a backup, but those that take uploads, for videos are opaque to it.
 */
export const accountLooksForIdentifiers: StackValidationPolicy = {
  name: "macie-account-looks-for-identifiers",
  description: "Every account that may hold patients' data must have a Macie job that looks for identifiers of people on a schedule.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(D)", "164.502(b)", "164.514(b)(2)(i)"),
  tags: ["macie", "minimum-necessary", "presence"],
  remediationSteps: "Add `SensitiveDataDiscovery` for the buckets that hold results, texts and tables.",
  configSchema: { properties: { minimumPercent: { type: "integer", minimum: 1, maximum: 100, default: defaultPercent } } },
  validateStack: (args, report) => {
    const { minimumPercent = defaultPercent } = args.getConfig<Partial<Config>>();
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      if (ofType(resources, "aws:macie2/account:Account").length === 0) say("has no Macie.");
      const jobs = ofType(resources, "aws:macie2/classificationJob:ClassificationJob").filter((job) => works(job, minimumPercent));
      if (jobs.length === 0)
        return say(
          `has no Macie job that is SCHEDULED, runs, begins with what is there, and looks into ${minimumPercent} % of the objects or more of any bucket.`,
        );
      const readable = ofType(resources, "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2").filter(
        (bucket) => holdsCases(bucket) && isBackedUp(bucket, resources) && !takesUploads(bucket, resources),
      );
      const missed = readable.filter((bucket) => !jobs.some((job) => looksInto(job, bucket))).map(({ name }) => `"${name}"`);
      if (missed.length > 0) say(`has no Macie job that looks into bucket ${missed.join(", ")}.`);
    });
  },
};

const jobOf = ({ props }: PolicyResource): Job => props as Job;
const bucketsOf = (job: PolicyResource): string[] => (jobOf(job).s3JobDefinition?.bucketDefinitions ?? []).flatMap(({ buckets }) => buckets);
const looksByCriteria = (job: PolicyResource): boolean => jobOf(job).s3JobDefinition?.bucketCriteria !== undefined;

function works(job: PolicyResource, minimumPercent: number): boolean {
  const { jobType, jobStatus = "RUNNING", initialRun, samplingPercentage = 100, scheduleFrequency } = jobOf(job);
  const { dailySchedule = false, weeklySchedule, monthlySchedule } = scheduleFrequency ?? {};
  const again = jobType === "SCHEDULED" && jobStatus === "RUNNING" && (dailySchedule || weeklySchedule !== undefined || monthlySchedule !== undefined);
  return again && initialRun === true && samplingPercentage >= minimumPercent && (looksByCriteria(job) || bucketsOf(job).length > 0);
}

const looksInto = (job: PolicyResource, bucket: PolicyResource): boolean =>
  looksByCriteria(job) || refersTo(job, "s3JobDefinition", bucket, []) || bucketsOf(job).includes(knownText(bucket.props, "bucket") ?? "");
