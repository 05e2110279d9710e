import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType, regionOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { openRegions } from "../organizations/guardrails.ts";

/**
 * Access from outside the organisation is found in every Region that guardrails leave open, where an analyzer sees its own Region
 * alone; access that nobody uses is found once, because roles have no Region (IAM User Guide, "Using IAM Access Analyzer").
 */
export const organizationAccessIsAnalyzed: StackValidationPolicy = {
  name: "accessanalyzer-organization-access-is-analyzed",
  description: "Access Analyzer must look for access from outside the organisation, and for access that nobody uses.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
  tags: ["accessanalyzer", "access", "presence"],
  remediationSteps: "Add `SecurityTooling` for every Region of `Guardrails`.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const { resources } = args;
    const analyzers = ofType(resources, "aws:accessanalyzer/analyzer:Analyzer");
    const seen = new Set(analyzers.filter(({ props }) => props["type"] === "ORGANIZATION").map(regionOf));
    const unseen = openRegions(resources).filter((region) => !seen.has(region));
    if (unseen.length > 0) report(`Nothing finds access from outside in ${unseen.join(", ")}; an Analyzer of type ORGANIZATION must lie there.`);
    if (!analyzers.some(({ props }) => props["type"] === "ORGANIZATION_UNUSED_ACCESS"))
      report("Nothing finds access that nobody uses; there must be an Analyzer of type ORGANIZATION_UNUSED_ACCESS.");
  },
};
