import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumDays: number;
}

/** The longest that Secrets Manager waits, and what it waits if nothing is said (Secrets Manager API Reference, "DeleteSecret"). */
const defaultDays = 30;

/** A secret that was deleted by mistake can be restored for a month; at 0 days it is gone at once. */
export const secretCanBeRestored: ResourceValidationPolicy = {
  name: "secretsmanager-secret-can-be-restored",
  description: "Secrets must wait a month before they are deleted for good.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
  tags: ["secretsmanager", "recovery"],
  remediationSteps: "Set recoveryWindowInDays 30.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 0, maximum: defaultDays, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.secretsmanager.Secret, ({ recoveryWindowInDays: days = defaultDays }, args, report) => {
    const { minimumDays = defaultDays } = args.getConfig<Partial<Config>>();
    if (days < minimumDays) report(`Secret "${args.name}" is deleted after ${days} days; it must wait ${minimumDays}.`);
  }),
};
