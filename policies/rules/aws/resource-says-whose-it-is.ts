import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { providerProperty } from "../../providers.ts";

interface Config {
  readonly tags: readonly string[];
}

type Tags = Readonly<Record<string, string>>;

const defaultTags = ["cost-center", "data-classification", "environment", "owner", "project"];
const classifications = ["phi", "synthetic", "audit", "none"];

/**
 * Every resource says what it is part of, who answers for it, and whose data it may hold, by its own tags or by those of its provider:
 * that is the inventory of what holds patients' data. A wrong word would take it out of sight of the rules that ask for it.
 */
export const resourceSaysWhoseItIs: ResourceValidationPolicy = {
  name: "aws-resource-says-whose-it-is",
  description: "Resources must be tagged with project, environment, owner, cost centre and the classification of their data.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.310(d)(1)", "164.310(d)(2)(iii)"),
  tags: ["aws", "inventory", "presence"],
  remediationSteps: "Use a provider of accountProvider in stacks/accounts.ts, and override data-classification only by phi, synthetic, audit or none.",
  configSchema: { properties: { tags: { type: "array", items: { type: "string" }, minItems: 1, default: defaultTags } } },
  validateResource: ({ type, name, urn, props, provider, getConfig, notApplicable }, report) => {
    if (!type.startsWith("aws:")) notApplicable("Only resources of the AWS provider have tags.");
    const { tags: wanted = defaultTags } = getConfig<Partial<Config>>();
    const byDefault = (providerProperty(provider?.props, "defaultTags") as { tags?: Tags } | undefined)?.tags ?? {};
    const own = typeof props["tags"] === "object" ? (props["tags"] as Tags) : {};
    const tags: Tags = { ...byDefault, ...own };
    const missing = wanted.filter((tag) => (tags[tag] ?? "") === "");
    if (missing.length > 0) report(`"${name}" lacks ${missing.join(", ")}; its tags, or its provider's, must say them.`);
    const classification = tags["data-classification"];
    if (classification !== undefined && !classifications.includes(classification))
      report(`"${name}" has data-classification ${classification}; it must be ${classifications.join(", ")}.`);
    const stack = urn.split(":")[2];
    const environment = tags["environment"];
    if (environment !== undefined && environment !== stack) report(`"${name}" has environment ${environment}; it must be ${stack}.`);
  },
};
