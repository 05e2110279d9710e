import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumDays: number;
}

/**
 * Logs are kept for the audit period. 164.316(b)(2)(i) asks six years for documentation; audit logs are commonly read as
 * such, and 2192 days are the nearest period that CloudWatch offers.
 */
export const logGroupKeepsAuditTrail: ResourceValidationPolicy = {
  name: "cloudwatch-log-group-keeps-audit-trail",
  description: "CloudWatch log groups must keep events for the audit period.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.316(b)(2)(i)"),
  tags: ["cloudwatch", "audit"],
  remediationSteps: "Set retentionInDays to the audit period, or to 0 to keep events for ever.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 1, default: 2192 } } },
  validateResource: validateResourceOfType(aws.cloudwatch.LogGroup, (group, args, report) => {
    const { minimumDays } = args.getConfig<Config>();
    const days = group.retentionInDays;
    // CloudWatch keeps events for ever at 0; leaving it out means the same, but is nobody's decision.
    if (days === undefined) report(`Log group "${args.name}" does not set retentionInDays.`);
    else if (days !== 0 && days < minimumDays) report(`Log group "${args.name}" keeps events ${days} days; it must keep them ${minimumDays}.`);
  }),
};
