import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isService, letsInStrangers, whom } from "../../strangers.ts";
import { bucketStatements, judgeBuckets } from "./buckets.ts";

/**
 * A bucket's policy lets in nobody unnamed, and AWS services only for resources of the organisation: a service that acts for
 * everybody would otherwise write, or read, for everybody (IAM User Guide, "The confused deputy problem").
 */
export const bucketLetsInNamedPrincipals: StackValidationPolicy = {
  name: "s3-bucket-lets-in-named-principals",
  description: "Policies of S3 buckets must name whom they let in, and bind AWS services to the resources that they act for.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(d)"),
  tags: ["s3", "least-privilege", "confused-deputy"],
  remediationSteps: "Name principals, and give statements for AWS services a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID.",
  validateStack: (args, report) => {
    judgeBuckets(args, report, (bucket, say) => {
      for (const statement of bucketStatements(bucket, args.resources)) {
        const everybody = statement.principals.length === 0 || statement.principals.includes("*");
        if (statement.effect !== "Allow" || !(everybody || statement.principals.some(isService)) || !letsInStrangers(statement)) continue;
        say(`lets in ${whom(statement)} for whatever resource (${statement.sid}).`);
      }
    });
  },
};
