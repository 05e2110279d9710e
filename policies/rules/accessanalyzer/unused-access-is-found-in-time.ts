import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly maximumDays: number;
}

/** Access Analyzer's own default (IAM User Guide, "Creating an unused access analyzer"). */
const defaultDays = 90;

/** Access that nobody has used for a quarter is found, whoever has it. */
export const unusedAccessIsFoundInTime: ResourceValidationPolicy = {
  name: "accessanalyzer-unused-access-is-found-in-time",
  description: "Analyzers of unused access must find what was not used for 90 days, without exceptions.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(3)(ii)(A)", "164.308(a)(3)(ii)(B)", "164.308(a)(4)(ii)(C)"),
  tags: ["accessanalyzer", "access"],
  remediationSteps: "Set configuration.unusedAccess.unusedAccessAge to 90 at most, and no analysisRule.",
  configSchema: { properties: { maximumDays: { type: "integer", minimum: 1, maximum: 365, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.accessanalyzer.Analyzer, ({ type, configuration }, { name, getConfig, notApplicable }, report) => {
    if (!type?.endsWith("_UNUSED_ACCESS")) notApplicable("The analyzer looks for access from outside.");
    const { maximumDays = defaultDays } = getConfig<Partial<Config>>();
    const { unusedAccessAge: days = defaultDays, analysisRule } = configuration?.unusedAccess ?? {};
    if (days > maximumDays) report(`Analyzer "${name}" finds what was not used for ${days} days; it must be ${maximumDays} at most.`);
    if ((analysisRule?.exclusions ?? []).length > 0) report(`Analyzer "${name}" makes exceptions; it must have no analysisRule.`);
  }),
};
