import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { mayMeet } from "../../requests.ts";
import { isService } from "../../strangers.ts";
import { judgeGrants, unnamedResources } from "./grants.ts";

/** Who may hand a role to a service can do through it whatever the role can (IAM User Guide, "Grant a user permissions to pass a role to an AWS service"). */
export const policyPassesNamedRolesToNamedServices: StackValidationPolicy = {
  name: "iam-policy-passes-named-roles-to-named-services",
  description: "IAM policies must allow iam:PassRole only on named roles, and only to a named service.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
  tags: ["iam", "least-privilege", "escalation"],
  remediationSteps: "Name the ARN of the role, without a wildcard, and add the condition iam:PassedToService.",
  validateStack: (args, report) => {
    judgeGrants(args, report, ["iam:PassRole"], (statement, say) => {
      const open = unnamedResources(statement);
      if (open.length > 0) say(`passes the roles ${open.join(", ")}; it must name them`);
      const receivers = Object.values(statement.conditions).flatMap((keys) => keys["iam:passedtoservice"] ?? []);
      const unknown = receivers.filter((receiver) => !isService(receiver));
      if (unknown.length > 0) say(`passes roles to ${unknown.join(", ")}, which is no service`);
      if (mayMeet(statement, { "iam:passedtoservice": "stranger.amazonaws.com" })) say("passes roles to any service; it must name one in iam:PassedToService");
    });
  },
};
