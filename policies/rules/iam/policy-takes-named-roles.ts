import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeGrants, unnamedResources } from "./grants.ts";

/** Who may take other roles is told which: a pattern also fits the roles of tomorrow. */
export const policyTakesNamedRoles: StackValidationPolicy = {
  name: "iam-policy-takes-named-roles",
  description: "IAM policies must name the roles that their holder may take.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
  tags: ["iam", "least-privilege", "escalation"],
  remediationSteps: "Name the ARN of each role, without a wildcard.",
  validateStack: (args, report) => {
    judgeGrants(args, report, ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"], (statement, say) => {
      const open = unnamedResources(statement);
      if (open.length > 0) say(`takes the roles ${open.join(", ")}; it must name them`);
    });
  },
};
