import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { letsInEverybody, strangersIn } from "../../openings.ts";
import { letsInStrangers } from "../../strangers.ts";
import { keyGrants } from "./key-policies.ts";

interface Config {
  readonly accounts: readonly string[];
}

/**
 * Nobody but the key's account, and those that the stack's configuration names, can be given anything on a key by its policy. Within the account it is
 * IAM policies that let in: a statement for everybody would do past them.
 */
export const keyIsClosedToStrangers: ResourceValidationPolicy = {
  name: "kms-key-is-closed-to-strangers",
  description: "Policies of KMS keys must let in nobody but approved accounts, and AWS services on behalf of these.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)", "164.312(a)(2)(iv)"),
  tags: ["kms", "least-privilege", "confused-deputy"],
  remediationSteps: "Name the principal, bind AWS services by aws:SourceAccount or aws:SourceArn, or add the account to the setting accounts.",
  configSchema: { properties: { accounts: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource: (args, report) => {
    const { accounts = [] } = args.getConfig<Partial<Config>>();
    const grants = keyGrants(args);
    for (const opening of strangersIn(grants, accountIdOf(args.provider), accounts)) report(`Key "${args.name}" ${opening}.`);
    for (const grant of grants)
      if (letsInEverybody(grant) && !letsInStrangers(grant)) report(`Key "${args.name}" lets in everybody of an account or organisation (${grant.sid}).`);
  },
};
