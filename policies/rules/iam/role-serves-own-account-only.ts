import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { foreignAccounts } from "../../openings.ts";
import { isService, letsInStrangers } from "../../strangers.ts";
import { judgeTrusts } from "./trusts.ts";

/**
 * Services that do not say for whom they take a role, so that a condition on it would keep them out: each takes only roles that its own
 * account has given to a function or machine, by iam:PassRole.
 */
const silent = new Set(["ec2.amazonaws.com", "edgelambda.amazonaws.com", "lambda.amazonaws.com"]);

/** An AWS service takes a role only on behalf of the role's account, never of a stranger's (IAM User Guide, "The confused deputy problem"). */
export const roleServesOwnAccountOnly: ResourceValidationPolicy = {
  name: "iam-role-serves-own-account-only",
  description: "IAM roles must trust AWS services only on behalf of named accounts or resources.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(d)"),
  tags: ["iam", "confused-deputy"],
  remediationSteps: "Make the role a ServiceRole, or add the condition aws:SourceAccount or aws:SourceArn to its trust.",
  validateResource: (args, report) => {
    const isBindable = (principal: string): boolean => isService(principal) && !silent.has(principal);
    judgeTrusts(
      args,
      report,
      (trust, say) => {
        const services = trust.principals.filter(isBindable);
        if (services.length > 0 && letsInStrangers(trust))
          say(`trusts ${services.join(", ")} on behalf of any account; it must name aws:SourceAccount or aws:SourceArn`);
        for (const account of foreignAccounts(trust, [accountIdOf(args.provider)])) say(`trusts ${services.join(", ")} on behalf of ${account}`);
      },
      { of: isBindable, none: "No service takes the role that says on whose behalf." },
    );
  },
};
