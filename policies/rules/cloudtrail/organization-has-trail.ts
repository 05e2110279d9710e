import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

/** One trail records every account of the organisation, those that come later included. */
export const organizationHasTrail: StackValidationPolicy = {
  name: "cloudtrail-organization-has-trail",
  description: "The organisation must have a CloudTrail trail of all its accounts.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.312(b)"),
  tags: ["cloudtrail", "audit", "presence"],
  remediationSteps: "Add `OrganizationTrail` to the management account, or set isOrganizationTrail to true.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const trails = ofType(args.resources, "aws:cloudtrail/trail:Trail");
    if (!trails.some(({ props }) => props["isOrganizationTrail"] === true)) {
      const found = trails.length === 0 ? "there is none" : `not only ${trails.map(({ name }) => `"${name}"`).join(", ")}`;
      report(`The stack must have a trail with isOrganizationTrail true; ${found}.`);
    }
  },
};
