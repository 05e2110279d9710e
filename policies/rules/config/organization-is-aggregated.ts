import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

/** How every account of the organisation is configured can be looked up in one place. */
export const organizationIsAggregated: StackValidationPolicy = {
  name: "config-organization-is-aggregated",
  description: "The organisation must gather what Config records in all its accounts and Regions.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(8)", "164.310(d)(2)(iii)"),
  tags: ["config", "audit", "presence"],
  remediationSteps: "Add a ConfigurationAggregator with organizationAggregationSource.allRegions true, as `SecurityTooling` does.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const sources = ofType(args.resources, "aws:cfg/configurationAggregator:ConfigurationAggregator").map(
      ({ props }) => props["organizationAggregationSource"] as { allRegions?: boolean } | undefined,
    );
    if (!sources.some((source) => source?.allRegions === true)) report("The stack must have an aggregator of the organisation with allRegions true.");
  },
};
