import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType, regionOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { openRegions } from "../organizations/guardrails.ts";

/** Findings of every Region that guardrails leave open are seen, and told, in one. */
export const findingsAreGathered: StackValidationPolicy = {
  name: "securityhub-findings-are-gathered",
  description: "Security Hub must gather the findings of every Region that anything may lie in.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)", "164.308(a)(8)"),
  tags: ["securityhub", "incidents", "presence"],
  remediationSteps: "Add `SecurityTooling` with every Region of `Guardrails`.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const { resources } = args;
    const home = regionOf(ofType(resources, "aws:securityhub/account:Account")[0] ?? { props: {} });
    const aggregators = ofType(resources, "aws:securityhub/findingAggregator:FindingAggregator");
    const gathers = (region: string): boolean =>
      aggregators.some((aggregator) => {
        const { linkingMode, specifiedRegions = [] } = aggregator.props as { linkingMode: string; specifiedRegions?: readonly string[] };
        const named = specifiedRegions.includes(region);
        return linkingMode === "ALL_REGIONS" || (linkingMode === "SPECIFIED_REGIONS" && named) || (linkingMode === "ALL_REGIONS_EXCEPT_SPECIFIED" && !named);
      });
    const left = openRegions(resources).filter((region) => region !== home && !gathers(region));
    if (left.length > 0) report(`Security Hub gathers no findings of ${left.join(", ")}; a FindingAggregator must link each Region.`);
  },
};
