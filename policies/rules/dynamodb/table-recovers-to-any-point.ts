import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumDays: number;
}

/** DynamoDB's own default, and its longest. */
const defaultDays = 35;

/** Tables can be restored to any second of the last weeks. */
export const tableRecoversToAnyPoint: ResourceValidationPolicy = {
  name: "dynamodb-table-recovers-to-any-point",
  description: "DynamoDB tables must have point-in-time recovery.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.312(c)(1)"),
  tags: ["dynamodb", "recovery"],
  remediationSteps: "Make the table a CaseTable, or set pointInTimeRecovery.enabled, and a recoveryPeriodInDays that is long enough.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 1, maximum: defaultDays, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.dynamodb.Table, (table, args, report) => {
    const { minimumDays = defaultDays } = args.getConfig<Partial<Config>>();
    const recovery = table.pointInTimeRecovery;
    const days = recovery?.recoveryPeriodInDays ?? defaultDays;
    if (recovery?.enabled !== true) report(`Table "${args.name}" has no point-in-time recovery.`);
    else if (days < minimumDays) report(`Table "${args.name}" can be restored for ${days} days; it must be ${minimumDays}.`);
  }),
};
