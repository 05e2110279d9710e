import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

/** Macie takes in every account that joins the organisation. */
export const organizationIsLookedThrough: StackValidationPolicy = {
  name: "macie-organization-is-looked-through",
  description: "Macie must take in every account that joins the organisation.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(D)", "164.502(b)"),
  tags: ["macie", "minimum-necessary", "presence"],
  remediationSteps: "Add `SecurityTooling`, or a macie2.OrganizationConfiguration with autoEnable true.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    if (ofType(args.resources, "aws:macie2/account:Account").length === 0)
      report("Macie is not on in the account that watches the others; there must be a macie2.Account.");
    const configurations = ofType(args.resources, "aws:macie2/organizationConfiguration:OrganizationConfiguration");
    if (!configurations.some(({ props }) => props["autoEnable"] === true)) report("Macie has no OrganizationConfiguration with autoEnable true.");
  },
};
