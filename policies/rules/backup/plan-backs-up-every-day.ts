import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { longestGapDays } from "./schedules.ts";

interface Config {
  readonly minimumDays: number;
}

/** What AWS's HIPAA conformance pack asks (backup-plan-min-frequency-and-min-retention-check). */
const defaultDays = 35;

/** A plan backs up at least once a day, and keeps every backup, and every copy, long enough to notice that it is needed. */
export const planBacksUpEveryDay: ResourceValidationPolicy = {
  name: "backup-plan-backs-up-every-day",
  description: "Backup plans must back up every day and keep every backup for 35 days.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)"),
  tags: ["backup", "recovery"],
  remediationSteps: "Use `BackupPlan`, or give the plan a rule with a daily schedule, and every rule and copy a lifecycle.deleteAfter of 35 or more.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 1, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.backup.Plan, ({ rules }, { name, getConfig }, report) => {
    const { minimumDays = defaultDays } = getConfig<Partial<Config>>();
    const isDaily = rules.some(({ schedule = "", enableContinuousBackup = false }) => enableContinuousBackup || longestGapDays(schedule) <= 1);
    if (!isDaily) report(`Plan "${name}" backs up by ${rules.map(({ schedule = "no schedule" }) => schedule).join(", ")}; one rule must run every day.`);
    for (const { ruleName, lifecycle, copyActions = [] } of rules) {
      const kept = [["backups", lifecycle?.deleteAfter], ...copyActions.map((copy) => ["copies", copy.lifecycle?.deleteAfter])] as [
        string,
        number | undefined,
      ][];
      // Without a limit AWS Backup keeps them for ever.
      for (const [what, days] of kept)
        if (days !== undefined && days < minimumDays)
          report(`Rule "${ruleName}" of plan "${name}" keeps ${what} ${days} days; it must keep them ${minimumDays}.`);
    }
  }),
};
