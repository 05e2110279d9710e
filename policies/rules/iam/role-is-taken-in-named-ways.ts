import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeTrusts } from "./trusts.ts";

/** How a role is taken, and what may be said of the session meanwhile (STS API Reference). */
const ways = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity", "sts:TagSession"];

/** A wildcard would let a role be taken also in ways that its conditions were not written for. */
export const roleIsTakenInNamedWays: ResourceValidationPolicy = {
  name: "iam-role-is-taken-in-named-ways",
  description: "IAM roles must name the actions by which they are taken.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(d)"),
  tags: ["iam", "least-privilege"],
  remediationSteps: `Make the role a ServiceRole or TrustedRole, or let its trust allow none but ${ways.join(", ")}.`,
  validateResource: (args, report) => {
    judgeTrusts(args, report, ({ actions, notActions }, say) => {
      const others = [...actions.filter((action) => !ways.includes(action)), ...(notActions.length > 0 ? [`all but ${notActions.join(", ")}`] : [])];
      if (others.length > 0) say(`is taken by ${others.join(", ")}`);
    });
  },
};
