import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { pools } from "./pools.ts";

/** The sign-in pages are open to the whole internet; a firewall stands in front of them. */
export const poolIsBehindFirewall: StackValidationPolicy = {
  name: "cognito-pool-is-behind-firewall",
  description: "Cognito user pools must be behind a web ACL.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.308(a)(5)(ii)(B)", "164.308(a)(5)(ii)(C)"),
  tags: ["cognito", "attacks"],
  remediationSteps: "Use SignIn with a REGIONAL WebFirewall, or add a WebAclAssociation of the pool.",
  validateStack: (args, report) =>
    judgeAll(args, report, pools, (pool, say) => {
      const guarded = args.resources.some(
        (resource) =>
          resource.type === "aws:wafv2/webAclAssociation:WebAclAssociation" &&
          isGiven(resource.props, "webAclArn") &&
          refersTo(resource, "resourceArn", pool, ["arn"]),
      );
      if (!guarded) say("has no firewall; it must have a WebAclAssociation.");
    }),
};
