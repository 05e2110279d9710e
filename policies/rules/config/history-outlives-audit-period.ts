import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumDays: number;
}

/** Six years, with the two leap days that they can hold: 164.316(b)(2)(i). Config keeps its history seven years unless told otherwise. */
const defaultDays = 2192;

/** What Config recorded is kept for the audit period. */
export const historyOutlivesAuditPeriod: ResourceValidationPolicy = {
  name: "config-history-outlives-audit-period",
  description: "Config must keep its history for the audit period.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.316(b)(2)(i)"),
  tags: ["config", "audit"],
  remediationSteps: "Set retentionPeriodInDays to the audit period, or remove the RetentionConfiguration: Config then keeps seven years.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 1, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.cfg.RetentionConfiguration, ({ retentionPeriodInDays: days }, { name, getConfig }, report) => {
    const { minimumDays = defaultDays } = getConfig<Partial<Config>>();
    if (days < minimumDays) report(`Retention "${name}" keeps history ${days} days; it must keep it ${minimumDays}.`);
  }),
};
