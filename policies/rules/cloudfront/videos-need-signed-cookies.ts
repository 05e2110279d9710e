import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { distributions, isBucket, judgeBehaviorsWithCases } from "./distributions.ts";

/**
 * What lies in a bucket that may hold cases is shown to whoever brings a cookie or an address that somebody of the platform signed, and to
 * nobody else. A bucket of pages says by its tag `data-classification` that it holds nothing of patients.
 */
export const videosNeedSignedCookies: StackValidationPolicy = {
  name: "cloudfront-videos-need-signed-cookies",
  description: "CloudFront distributions must ask for signed cookies or addresses wherever a bucket may hold data of cases.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(d)", "164.308(a)(4)(ii)(B)"),
  tags: ["cloudfront", "access", "phi"],
  remediationSteps: "Use ReviewSite with PlaybackKeys, or set trustedKeyGroups of the behavior.",
  validateStack: (args, report) =>
    judgeAll(args, report, distributions, (distribution, say) =>
      judgeBehaviorsWithCases(distribution, args.resources, say, (behavior, origin) => {
        if ((origin !== undefined && !isBucket(origin)) || lengthOf(behavior, "trustedKeyGroups") > 0) return [];
        return [`shows what may be videos at ${behavior.pathPattern} to everybody; it must set trustedKeyGroups.`];
      }),
    ),
};
