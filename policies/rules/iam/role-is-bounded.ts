import type { ResourceValidationPolicy } from "@pulumi/policy";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { roleType } from "./grants.ts";

/** Where cases may lie, every role has a boundary: the most that it can do, whatever its own policies say (IAM User Guide, "Permissions boundaries for IAM entities"). */
export const roleIsBounded: ResourceValidationPolicy = {
  name: "iam-role-is-bounded",
  description: "IAM roles in accounts that may hold cases must have a permissions boundary.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(3)(ii)(A)", "164.308(a)(3)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
  tags: ["iam", "least-privilege"],
  remediationSteps: "Make the role a ServiceRole or TrustedRole with a place that has a permissionsBoundary.",
  validateResource: (args, report) => {
    if (args.type !== roleType) args.notApplicable("The resource is no role.");
    if (!holdsCases(args)) args.notApplicable("The role's account holds no cases.");
    if (!isGiven(args.props, "permissionsBoundary")) report(`Role "${args.name}" has no permissions boundary.`);
  },
};
