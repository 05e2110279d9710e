import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { reviewedPackages } from "../../data/reviewed-packages.ts";

interface Config {
  readonly packages: readonly string[];
}

const defaultPackages: readonly string[] = Object.keys(reviewedPackages.packages);

/** A provider runs with the rights of whoever deploys, and sees every secret: only those that somebody has looked at run. */
export const packageIsReviewed: ResourceValidationPolicy = {
  name: "aws-package-is-reviewed",
  description: "Resources and providers must come from a package that somebody has reviewed.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.308(a)(5)(ii)(B)"),
  tags: ["aws", "supply-chain"],
  remediationSteps: "Use a package of policies/data/reviewed-packages.ts, or review the package and add it there.",
  configSchema: { properties: { packages: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaultPackages] } } },
  validateResource: ({ type, name, getConfig }, report) => {
    const { packages = defaultPackages } = getConfig<Partial<Config>>();
    const [first = "", second, third = ""] = type.split(":");
    const found = first === "pulumi" && second === "providers" ? third : first;
    if (!packages.includes(found)) report(`"${name}" comes from package ${found}; it must come from ${packages.join(", ")}.`);
  },
};
