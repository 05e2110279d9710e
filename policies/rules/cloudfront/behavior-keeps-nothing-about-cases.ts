import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";
import { type Behavior, distributions, judgeBehaviorsWithCases, namedBy } from "./distributions.ts";

/** AWS's managed policy CachingDisabled, the same in all accounts (CloudFront Developer Guide, "Use managed cache policies"). */
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** Neither CloudFront's caches in half the world nor a browser keeps what is about a case: each would be a copy that nobody can delete. */
export const behaviorKeepsNothingAboutCases: StackValidationPolicy = {
  name: "cloudfront-behavior-keeps-nothing-about-cases",
  description: "CloudFront distributions must neither cache what may be about cases nor let browsers keep it.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.310(d)(1)", "164.310(d)(2)(i)", "164.312(a)(2)(iv)", "164.308(b)(1)"),
  tags: ["cloudfront", "phi"],
  remediationSteps: "Use ReviewSite, or set cachePolicyId to CachingDisabled and responseHeadersPolicyId to a policy that sets Cache-Control no-store.",
  validateStack: (args, report) =>
    judgeAll(args, report, distributions, (distribution, say) =>
      judgeBehaviorsWithCases(distribution, args.resources, say, (behavior) => {
        const headers = namedBy(distribution, behavior, "responseHeadersPolicyId", "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy");
        const kept = headers.length === 0 || !headers.every(forbidsKeeping);
        return [
          ...(mayCache(distribution, behavior) ? [`caches ${behavior.pathPattern}; cachePolicyId must be CachingDisabled.`] : []),
          ...(kept ? [`lets browsers keep ${behavior.pathPattern}; its response headers must set Cache-Control no-store.`] : []),
        ];
      }),
    ),
};

/** A policy of one's own caches nothing if nothing may stay for longer than no time. */
function mayCache(distribution: PolicyResource, behavior: Behavior): boolean {
  const own = namedBy(distribution, behavior, "cachePolicyId", "aws:cloudfront/cachePolicy:CachePolicy");
  return own.length > 0 ? own.some(({ props }) => props["maxTtl"] !== 0) : behavior.cachePolicyId !== cachingDisabled;
}

function forbidsKeeping({ props }: PolicyResource): boolean {
  const { items = [] } = (props["customHeadersConfig"] ?? {}) as { items?: { header: string; value: string; override: boolean }[] };
  return items.some(({ header, value, override }) => override === true && header.toLowerCase() === "cache-control" && /\bno-store\b/.test(value));
}
