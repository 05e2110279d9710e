import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType, regionOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { openRegions } from "../organizations/guardrails.ts";

/** GuardDuty watches every account of the organisation, those that come later included, in every Region that guardrails leave open. */
export const organizationIsWatched: StackValidationPolicy = {
  name: "guardduty-organization-is-watched",
  description: "GuardDuty must watch every account of the organisation in every Region that anything may lie in.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(B)", "164.308(a)(6)(ii)"),
  tags: ["guardduty", "threats", "presence"],
  remediationSteps: "Add `SecurityServices` and `SecurityTooling` to the audit account, for every Region of `Guardrails`.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const { resources } = args;
    const detectors = ofType(resources, "aws:guardduty/detector:Detector");
    const watched = ofType(resources, "aws:guardduty/organizationConfiguration:OrganizationConfiguration")
      .filter(({ props }) => props["autoEnableOrganizationMembers"] === "ALL")
      .filter((configuration) => detectors.some((detector) => refersTo(configuration, "detectorId", detector, ["id"])))
      .map(regionOf);
    const unwatched = openRegions(resources).filter((region) => !watched.includes(region));
    if (unwatched.length > 0)
      report(`GuardDuty does not watch every account in ${unwatched.join(", ")}; an OrganizationConfiguration must have autoEnableOrganizationMembers ALL.`);
  },
};
