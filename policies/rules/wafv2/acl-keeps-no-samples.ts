import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";
import { type AclRule, acls, rulesOf } from "./acls.ts";

/**
 * Sampled requests show headers, tokens among them, to whoever may open the console (AWS WAF Developer Guide, "Viewing a sample of
 * web requests"). The log tells the same without them; metrics tell how many there were.
 */
export const aclKeepsNoSamples: StackValidationPolicy = {
  name: "wafv2-acl-keeps-no-samples",
  description: "Web ACLs must count requests and keep no samples of them.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.502(b)", "164.312(b)", "164.312(d)"),
  tags: ["wafv2", "phi", "audit"],
  remediationSteps: "Use WebFirewall, or set sampledRequestsEnabled false and cloudwatchMetricsEnabled true in each visibilityConfig.",
  validateStack: (args, report) =>
    judgeAll(args, report, acls, (acl, say) => {
      const all: (readonly [string, AclRule["visibilityConfig"]])[] = [
        ["itself", acl.props["visibilityConfig"] as AclRule["visibilityConfig"]],
        ...rulesOf(acl, args.resources).map(({ name, visibilityConfig }) => [`rule "${name}"`, visibilityConfig] as const),
      ];
      for (const [of, visibility] of all) {
        if (visibility?.sampledRequestsEnabled !== false) say(`keeps samples of requests for ${of}; sampledRequestsEnabled must be false.`);
        if (visibility?.cloudwatchMetricsEnabled !== true) say(`does not count requests for ${of}; cloudwatchMetricsEnabled must be true.`);
      }
    }),
};
