import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

/** A distribution is open to the whole internet; a firewall stands in front of it. */
export const distributionIsBehindFirewall: ResourceValidationPolicy = {
  name: "cloudfront-distribution-is-behind-firewall",
  description: "CloudFront distributions must be behind a web ACL.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.308(a)(5)(ii)(B)", "164.308(a)(1)(ii)(B)"),
  tags: ["cloudfront", "attacks"],
  remediationSteps: "Give ReviewSite a CLOUDFRONT WebFirewall, or set webAclId.",
  validateResource: validateResourceOfType(aws.cloudfront.Distribution, (distribution, args, report) => {
    if (!isGiven(distribution, "webAclId")) report(`Distribution "${args.name}" has no firewall; it must set webAclId.`);
  }),
};
