import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";

interface Config {
  readonly maximumDays: number;
}

/** A quarter, as AWS's conformance pack for HIPAA asks of keys. */
const defaultDays = 90;

/** Secrets are replaced every quarter, by a function and not by memory. */
export const secretRotatesEveryQuarter: StackValidationPolicy = {
  name: "secretsmanager-secret-rotates-every-quarter",
  description: "Secrets must be rotated automatically, every 90 days or sooner.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(5)(ii)(D)", "164.312(d)"),
  tags: ["secretsmanager", "authentication"],
  remediationSteps: "Add a SecretRotation with rotationRules.automaticallyAfterDays; where the other half can't be changed by a function, a waiver.",
  configSchema: { properties: { maximumDays: { type: "integer", minimum: 1, default: defaultDays } } },
  validateStack: (args, report) => {
    const { maximumDays = defaultDays } = args.getConfig<Partial<Config>>();
    judgeAll(args, report, { types: ["aws:secretsmanager/secret:Secret"], noun: "Secret" }, (secret, say) => {
      const [rotation] = ofType(args.resources, "aws:secretsmanager/secretRotation:SecretRotation").filter((resource) =>
        refersTo(resource, "secretId", secret, ["arn", "id"]),
      );
      if (rotation === undefined) return say("is never rotated.");
      const days = daysBetween((rotation.props["rotationRules"] ?? {}) as Rules);
      if (days === undefined) say("does not say after how many days it is rotated.");
      else if (days > maximumDays) say(`is rotated every ${days} days; it must be every ${maximumDays} days or sooner.`);
    });
  },
};

interface Rules {
  readonly automaticallyAfterDays?: number;
  readonly scheduleExpression?: string;
}

/** Days between two rotations: `rate(30 days)`, `rate(12 hours)`. A cron expression does not say. */
function daysBetween({ automaticallyAfterDays, scheduleExpression = "" }: Rules): number | undefined {
  const [, count, unit] = /^rate\((\d+) (day|hour)s?\)$/.exec(scheduleExpression) ?? [];
  if (count === undefined) return automaticallyAfterDays;
  return unit === "day" ? Number(count) : Number(count) / 24;
}
