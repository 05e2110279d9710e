import type { ResourceValidationPolicy } from "@pulumi/policy";
import { classificationOf } from "../../classification.ts";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly classifications: readonly string[];
}

const defaultClassifications = ["phi", "synthetic", "audit", "none"];

/**
 * Patients' data lie only where an environment is made for them: development says that it holds none, and then nothing in it may. What
 * does not say whose data it holds counts as patients'.
 */
export const dataStayInTheirEnvironment: ResourceValidationPolicy = {
  name: "aws-data-stay-in-their-environment",
  description: "Resources must hold only the kinds of data that their environment is for.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.502(b)"),
  tags: ["aws", "segregation"],
  remediationSteps: "Set svp:dataClassification of the stack to what its account is for; patients' data belong in stacks whose profile allows phi.",
  configSchema: { properties: { classifications: { type: "array", items: { enum: defaultClassifications }, minItems: 1, default: defaultClassifications } } },
  validateResource: ({ type, name, props, provider, getConfig, notApplicable }, report) => {
    if (!type.startsWith("aws:")) notApplicable("Only resources of the AWS provider hold data.");
    const { classifications = defaultClassifications } = getConfig<Partial<Config>>();
    const classification = classificationOf({ props, ...(provider && { provider }) });
    if (!classifications.includes(classification))
      report(`"${name}" may hold data of class ${classification}; here it must be ${classifications.join(" or ")}.`);
  },
};
