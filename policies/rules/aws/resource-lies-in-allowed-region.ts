import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { approvedRegions } from "../../data/regions.ts";

interface Config {
  readonly regions: readonly string[];
}

const defaultRegions: readonly string[] = approvedRegions.names;

/** Nothing is made outside the Regions that the contracts cover. Every resource of the AWS provider can name a Region of its own. */
export const resourceLiesInAllowedRegion: ResourceValidationPolicy = {
  name: "aws-resource-lies-in-allowed-region",
  description: "Resources must lie in an approved AWS Region.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(b)(1)"),
  tags: ["region", "residency"],
  remediationSteps: "Give the resource, or its provider, one of the approved Regions.",
  configSchema: {
    properties: { regions: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaultRegions] } },
  },
  validateResource: ({ type, name, props, provider, getConfig, notApplicable }, report) => {
    if (!type.startsWith("aws:")) notApplicable("Only resources of the AWS provider lie in a Region.");
    const { regions = defaultRegions } = getConfig<Partial<Config>>();
    const region: unknown = props["region"] ?? provider?.props["region"];
    if (typeof region !== "string") report(`"${name}" does not say which Region it lies in.`);
    else if (!regions.includes(region)) report(`"${name}" lies in ${region}; it must lie in ${regions.join(", ")}.`);
  },
};
