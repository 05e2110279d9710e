import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { strangersIn } from "../../openings.ts";

interface Config {
  readonly accounts: readonly string[];
}

/** A policy of a table lets in nobody but its own account, and those that the stack's configuration names. */
export const tableIsClosedToStrangers: ResourceValidationPolicy = {
  name: "dynamodb-table-is-closed-to-strangers",
  description: "Policies of DynamoDB tables must let in nobody but approved accounts.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)"),
  tags: ["dynamodb", "least-privilege"],
  remediationSteps: "Name the principal, or add its account to the setting accounts.",
  configSchema: { properties: { accounts: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource: validateResourceOfType(aws.dynamodb.ResourcePolicy, ({ policy }, args, report) => {
    const { accounts = [] } = args.getConfig<Partial<Config>>();
    for (const opening of strangersIn(statementsOf(policy), accountIdOf(args.provider), accounts)) report(`Table policy "${args.name}" ${opening}.`);
  }),
};
