import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { isGiven, knownText } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { roleType } from "./grants.ts";

interface Config {
  readonly approved: readonly string[];
}

/**
 * Where cases may lie, every role has a boundary: the most that it can do, whatever its own policies say (IAM User Guide, "Permissions
 * boundaries for IAM entities"). It is a policy of the stack, which `iam-boundary-denies-what-no-role-may-do` judges, or an approved one.
 */
export const roleIsBounded: StackValidationPolicy = {
  name: "iam-role-is-bounded",
  description: "IAM roles in accounts that may hold cases must have a permissions boundary of the stack, or an approved one.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(3)(ii)(A)", "164.308(a)(3)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
  tags: ["iam", "least-privilege", "presence"],
  remediationSteps: "Make the role a ServiceRole or TrustedRole with a place that has a permissionsBoundary.",
  configSchema: { properties: { approved: { type: "array", items: { type: "string" }, default: [] } } },
  validateStack: (args, report) => {
    const { approved = [] } = args.getConfig<Partial<Config>>();
    const policies = ofType(args.resources, "aws:iam/policy:Policy");
    judgeAll(args, report, { types: [roleType], noun: "Role", where: holdsCases }, (role, say) => {
      const arn = knownText(role.props, "permissionsBoundary");
      if (!isGiven(role.props, "permissionsBoundary")) return say("has no permissions boundary.");
      // A boundary that is yet to be made is one of the program.
      const isOwn = policies.some((policy) => (arn === undefined ? refersTo(role, "permissionsBoundary", policy, []) : knownText(policy.props, "arn") === arn));
      if (!isOwn && !approved.includes(arn ?? "")) say(`is bounded by ${arn ?? "a policy"}, which is no policy of the stack.`);
    });
  },
};
