import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { accountIdOf, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";

/** Whoever rules the account of a trail can't touch what it delivered: its bucket is another account's. */
export const trailIsArchivedInAnotherAccount: StackValidationPolicy = {
  name: "cloudtrail-trail-is-archived-in-another-account",
  description: "CloudTrail trails must deliver to a bucket of another account than their own.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.312(b)", "164.312(c)(1)"),
  tags: ["cloudtrail", "integrity"],
  remediationSteps: "Deliver to the bucket of `LogArchive`, which stands in the log archive account.",
  validateStack: ({ resources, notApplicable }, report) => {
    const buckets = ofType(resources, "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2");
    const bucketOf = (trail: PolicyResource) => buckets.find((bucket) => refersTo(trail, "s3BucketName", bucket, ["bucket", "id"]));
    const trails = ofType(resources, "aws:cloudtrail/trail:Trail").filter((trail) => bucketOf(trail) !== undefined);
    if (trails.length === 0) notApplicable("No trail delivers to a bucket of this stack.");
    judgeEach(trails, (trail) => {
      const bucket = bucketOf(trail)!;
      const account = accountIdOf(trail.provider);
      if (account === accountIdOf(bucket.provider))
        report(
          `Trail "${trail.name}" delivers to bucket "${bucket.name}" of its own account, ${account ?? "unknown"}; it must deliver to another's.`,
          trail.urn,
        );
    });
  },
};
