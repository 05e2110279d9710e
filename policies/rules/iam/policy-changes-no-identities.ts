import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { coversAction } from "../../requests.ts";
import { identityChanges } from "./escalations.ts";
import { grantsOf } from "./grants.ts";

/** No identity that a stack makes can make others, or give itself more. Identities change by deployment only, which is reviewed. */
export const policyChangesNoIdentities: ResourceValidationPolicy = {
  name: "iam-policy-changes-no-identities",
  description: "IAM policies must allow no change of identities, of their policies or of whom they trust.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(3)(ii)(A)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)", "164.312(a)(2)(i)"),
  tags: ["iam", "escalation"],
  remediationSteps: "Take the action away: roles and their policies are part of the program.",
  validateResource: (args, report) => {
    for (const statement of grantsOf(args)) {
      const changes = identityChanges.filter((action) => coversAction(statement, action));
      if (changes.length > 0) report(`"${args.name}" allows ${changes.join(", ")} (${statement.sid}).`);
    }
  },
};
