import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly countries: readonly string[];
}

/** Where the contracts say that people work from (ISO 3166-1). */
const defaults: Config = { countries: ["US"] };

/** Nobody sees a patient from a country where nobody of the platform works. */
export const distributionServesNamedCountries: ResourceValidationPolicy = {
  name: "cloudfront-distribution-serves-named-countries",
  description: "CloudFront distributions must serve approved countries only.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.308(b)(1)", "164.308(a)(1)(ii)(B)"),
  tags: ["cloudfront", "residency"],
  remediationSteps: "Give ReviewSite its countries, or set restrictions.geoRestriction to a whitelist; approve more countries in policies/config.",
  configSchema: {
    properties: { countries: { type: "array", items: { type: "string", pattern: "^[A-Z]{2}$" }, minItems: 1, default: [...defaults.countries] } },
  },
  validateResource: validateResourceOfType(aws.cloudfront.Distribution, ({ restrictions }, args, report) => {
    const { countries } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const { restrictionType, locations = [] } = restrictions.geoRestriction;
    if (restrictionType !== "whitelist" || locations.length === 0) {
      return report(`Distribution "${args.name}" has restrictions.geoRestriction ${restrictionType}; it must be a whitelist of ${countries.join(", ")}.`);
    }
    const others = locations.filter((country) => !countries.includes(country));
    if (others.length > 0) report(`Distribution "${args.name}" serves ${others.join(", ")}; it must serve ${countries.join(", ")} only.`);
  }),
};
