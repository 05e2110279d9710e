import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { reviewedTypes } from "../../data/reviewed-types.ts";

const reviewed: ReadonlySet<string> = new Set(reviewedTypes.types);

/** A type of resource that no rule knows would pass every rule: somebody looks at each before it is used. Components are of our own making. */
export const resourceTypeIsReviewed: ResourceValidationPolicy = {
  name: "aws-resource-type-is-reviewed",
  description: "Resources must be of a type that somebody has reviewed.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(B)", "164.308(a)(8)"),
  tags: ["aws", "evaluation"],
  remediationSteps: "Write rules for what matters of the type, then run `npm run reviewed-types`.",
  validateResource: ({ type, name, notApplicable }, report) => {
    if (/^(pulumi|svp):/.test(type)) notApplicable("The resource is a component, a provider or a stack.");
    if (!reviewed.has(type)) report(`"${name}" is of type ${type}, which nobody has reviewed; policies/data/reviewed-types.ts must hold it.`);
  },
};
