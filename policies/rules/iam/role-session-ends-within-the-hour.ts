import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly maximumSeconds: number;
}

/** The shortest that IAM knows, and its default (IAM API Reference, "CreateRole"). */
const defaultSeconds = 3600;

/** Whoever has taken a role is out of it after an hour, whether they logged off or not. */
export const roleSessionEndsWithinTheHour: ResourceValidationPolicy = {
  name: "iam-role-session-ends-within-the-hour",
  description: "IAM roles must end their sessions within an hour.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(2)(iii)", "164.312(d)"),
  tags: ["iam", "authentication"],
  remediationSteps: "Set maxSessionDuration 3600.",
  configSchema: { properties: { maximumSeconds: { type: "integer", minimum: defaultSeconds, maximum: 43200, default: defaultSeconds } } },
  validateResource: validateResourceOfType(aws.iam.Role, ({ maxSessionDuration = defaultSeconds }, args, report) => {
    const { maximumSeconds = defaultSeconds } = args.getConfig<Partial<Config>>();
    if (maxSessionDuration > maximumSeconds) report(`Role "${args.name}" has sessions of ${maxSessionDuration} seconds; it must be ${maximumSeconds} or less.`);
  }),
};
