import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { grantsOf } from "./grants.ts";

/** A wildcard for the service, or for the whole name of the action: `*`, `s3:*`, `s3:?*`, `*:GetObject`. */
const wide = /^[*?]+$|^[^:]*[*?][^:]*:|:[*?]+$/;

/** No policy grants all actions, or all actions of a service. */
export const policyGrantsNoWildcardAction: ResourceValidationPolicy = {
  name: "iam-policy-grants-no-wildcard-action",
  description: "IAM policies must name the actions that they allow; neither * nor service:* nor NotAction.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa(
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.502(b)",
  ),
  tags: ["iam", "least-privilege"],
  remediationSteps: "Name each action that the holder needs.",
  validateResource: (args, report) => {
    for (const { sid, actions, notActions } of grantsOf(args)) {
      const wildcards = actions.filter((action) => wide.test(action));
      if (wildcards.length > 0) report(`"${args.name}" allows ${wildcards.join(", ")} (${sid}).`);
      if (notActions.length > 0) report(`"${args.name}" allows everything but ${notActions.join(", ")} (${sid}).`);
    }
  },
};
