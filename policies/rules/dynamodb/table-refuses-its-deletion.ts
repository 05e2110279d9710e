import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly required: boolean;
}

/** DynamoDB itself refuses to delete the table, whoever asks (DynamoDB Developer Guide, "Using deletion protection"). */
export const tableRefusesItsDeletion: ResourceValidationPolicy = {
  name: "dynamodb-table-refuses-its-deletion",
  description: "DynamoDB tables must be protected from deletion.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.310(d)(2)(i)", "164.312(c)(1)"),
  tags: ["dynamodb", "recovery"],
  remediationSteps: 'Set removal "retain" of the stack, or deletionProtectionEnabled true.',
  configSchema: { properties: { required: { type: "boolean", default: true } } },
  validateResource: validateResourceOfType(aws.dynamodb.Table, ({ deletionProtectionEnabled = false }, args, report) => {
    const { required = true } = args.getConfig<Partial<Config>>();
    if (required && !deletionProtectionEnabled) report(`Table "${args.name}" can be deleted; deletionProtectionEnabled must be true, not false.`);
  }),
};
