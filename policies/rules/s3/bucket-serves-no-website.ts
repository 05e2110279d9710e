import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { s3Types } from "./buckets.ts";

/** Websites of S3 speak plain HTTP and ask nobody who they are (S3 User Guide, "Website endpoints"). */
export const bucketServesNoWebsite: ResourceValidationPolicy = {
  name: "s3-bucket-serves-no-website",
  description: "S3 buckets must not serve websites themselves.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.312(e)(2)(ii)"),
  tags: ["s3", "transit", "public-access"],
  remediationSteps: "Serve the bucket through CloudFront, as ReviewSite does.",
  validateResource: ({ type, name, notApplicable }, report) => {
    if (!s3Types("BucketWebsiteConfiguration").includes(type)) notApplicable("The resource is no website of a bucket.");
    report(`"${name}" makes a bucket serve a website; CloudFront must serve it.`);
  },
};
