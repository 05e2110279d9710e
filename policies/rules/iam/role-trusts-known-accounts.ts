import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { accountOf, isService } from "../../strangers.ts";
import { judgeTrusts } from "./trusts.ts";

interface Config {
  readonly accounts: readonly string[];
}

/** A role is taken by identities, and identity providers, of its own account and of those that the stack's configuration names. */
export const roleTrustsKnownAccounts: ResourceValidationPolicy = {
  name: "iam-role-trusts-known-accounts",
  description: "IAM roles must trust nobody but AWS services and identities of approved accounts.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(3)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)", "164.312(d)"),
  tags: ["iam", "least-privilege"],
  remediationSteps: "Name the principal, or add its account to the setting accounts.",
  configSchema: { properties: { accounts: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource: (args, report) => {
    const { accounts = [] } = args.getConfig<Partial<Config>>();
    const known = [accountIdOf(args.provider), ...accounts];
    judgeTrusts(args, report, (trust, say) => {
      if (trust.principals.length === 0) say("trusts all but some");
      for (const principal of trust.principals)
        if (!isService(principal) && !known.includes(accountOf(principal))) say(`trusts ${principal === "*" ? "everybody" : principal}`);
    });
  },
};
