import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

interface Config {
  readonly minimumAgeSeconds: number;
  readonly minimumAttempts: number;
}

/** EventBridge's own defaults are 24 hours and 185 attempts (EventBridge User Guide, "How EventBridge retries delivering events"). */
const defaults: Config = { minimumAgeSeconds: 3600, minimumAttempts: 3 };

/** An event that can't be delivered is tried for a while, and then kept: an upload is never forgotten without a trace. */
export const targetKeepsUndeliveredEvents: ResourceValidationPolicy = {
  name: "events-target-keeps-undelivered-events",
  description: "Targets of EventBridge rules must be tried again, and hand what can't be delivered to a dead-letter queue.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.308(a)(7)(i)"),
  tags: ["events", "integrity"],
  remediationSteps: "Set deadLetterConfig.arn, and retryPolicy with maximumEventAgeInSeconds and maximumRetryAttempts, as UploadEvents does.",
  configSchema: {
    properties: {
      minimumAgeSeconds: { type: "integer", minimum: 60, maximum: 86_400, default: defaults.minimumAgeSeconds },
      minimumAttempts: { type: "integer", minimum: 0, maximum: 185, default: defaults.minimumAttempts },
    },
  },
  validateResource: validateResourceOfType(aws.cloudwatch.EventTarget, (target, args, report) => {
    const { minimumAgeSeconds, minimumAttempts } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    if (!isGiven(target.deadLetterConfig, "arn")) report(`Target "${args.name}" forgets events that it can't deliver; it must set deadLetterConfig.arn.`);
    const { maximumEventAgeInSeconds: age, maximumRetryAttempts: attempts } = target.retryPolicy ?? {};
    if (!((age ?? 0) >= minimumAgeSeconds)) {
      report(`Target "${args.name}" has retryPolicy.maximumEventAgeInSeconds ${age ?? "unset"}; it must be ${minimumAgeSeconds} or more.`);
    }
    if (!((attempts ?? 0) >= minimumAttempts)) {
      report(`Target "${args.name}" has retryPolicy.maximumRetryAttempts ${attempts ?? "unset"}; it must be ${minimumAttempts} or more.`);
    }
  }),
};
