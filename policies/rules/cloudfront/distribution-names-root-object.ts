import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

/** Who asks for nothing in particular gets a page, and never a list of what a bucket holds (Security Hub, CloudFront.1). */
export const distributionNamesRootObject: ResourceValidationPolicy = {
  name: "cloudfront-distribution-names-root-object",
  description: "CloudFront distributions must name the object that they answer with where nothing is asked for.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.502(b)"),
  tags: ["cloudfront", "access"],
  remediationSteps: "Use ReviewSite, or set defaultRootObject.",
  validateResource: validateResourceOfType(aws.cloudfront.Distribution, (distribution, args, report) => {
    if (!isGiven(distribution, "defaultRootObject")) report(`Distribution "${args.name}" may list what its bucket holds; it must set defaultRootObject.`);
  }),
};
