import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach, knownText } from "../../given.ts";
import { takesUploads } from "./uploads.ts";

interface Plan {
  readonly bucketName: string;
  readonly objectPrefixes?: readonly string[];
}

/**
 * What comes from outside is looked through for malware before anything works on it: buckets that pages upload to, or whose new
 * objects start an analysis.
 */
export const uploadsAreScanned: StackValidationPolicy = {
  name: "guardduty-uploads-are-scanned",
  description: "GuardDuty must scan every upload for malware.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(B)", "164.312(c)(1)"),
  tags: ["guardduty", "malware"],
  remediationSteps: "Add `MalwareProtection` for the bucket and the prefix that is uploaded to.",
  validateStack: ({ resources, notApplicable }, report) => {
    const buckets = ofType(resources, "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2").filter(
      (bucket) => holdsCases(bucket) && takesUploads(bucket, resources),
    );
    if (buckets.length === 0) notApplicable("No bucket of the stack takes uploads.");
    judgeEach(buckets, (bucket) => {
      const name = knownText(bucket.props, "bucket");
      const plans = ofType(resources, "aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan")
        .map(({ props }) => (props["protectedResource"] as { s3Bucket?: Plan } | undefined)?.s3Bucket)
        .filter((plan) => plan !== undefined && plan.bucketName === name);
      if (plans.length === 0) return report(`Bucket "${bucket.name}" takes uploads that nothing scans; a MalwareProtectionPlan must name it.`, bucket.urn);
      const scanned = (prefix: string): boolean => plans.some((plan) => (plan?.objectPrefixes ?? [""]).some((start) => prefix.startsWith(start)));
      const missed = startingPrefixes(name, resources).filter((prefix) => !scanned(prefix));
      if (missed.length > 0)
        report(
          `Bucket "${bucket.name}" starts work on ${missed.map((prefix) => `"${prefix}*"`).join(", ")}, which its MalwareProtectionPlan must name.`,
          bucket.urn,
        );
    });
  },
};

type Names = readonly string[] | undefined;
type Keys = readonly { readonly prefix?: string }[] | undefined;
type Pattern = {
  readonly source?: readonly string[];
  readonly detail?: {
    readonly bucket?: { readonly name?: Names };
    readonly object?: { readonly key?: Keys };
    readonly s3ObjectDetails?: { readonly bucketName?: Names; readonly objectKey?: Keys };
  };
};

/** Beginnings of the keys whose objects a rule of EventBridge tells somebody of: that they arrived, or what the scan found. */
const startingPrefixes = (bucket: string | undefined, resources: readonly PolicyResource[]): string[] =>
  ofType(resources, "aws:cloudwatch/eventRule:EventRule")
    .flatMap(({ props }) => (typeof props["eventPattern"] === "string" ? [JSON.parse(props["eventPattern"]) as Pattern] : []))
    .flatMap(({ source, detail }): { names: Names; keys: Keys }[] => [
      ...(source?.includes("aws.s3") ? [{ names: detail?.bucket?.name, keys: detail?.object?.key }] : []),
      ...(source?.includes("aws.guardduty") && detail?.s3ObjectDetails !== undefined
        ? [{ names: detail.s3ObjectDetails.bucketName, keys: detail.s3ObjectDetails.objectKey }]
        : []),
    ])
    .filter(({ names }) => bucket !== undefined && (names?.includes(bucket) ?? true))
    .flatMap(({ keys }) => keys?.map(({ prefix }) => prefix ?? "") ?? [""]);
