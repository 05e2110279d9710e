import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { type Bound, requiredConfigRules } from "../../data/conformance-rules.ts";
import { objectsIn } from "../../documents.ts";

type Parameters = Readonly<Record<string, unknown>>;

/**
 * In every account that may hold patients' data Config judges, all the time, what really exists: this pack judges only what is
 * about to. Rules may come in conformance packs or alone.
 */
export const accountIsJudgedAllTheTime: StackValidationPolicy = {
  name: "config-account-is-judged-all-the-time",
  description: "Every account that may hold patients' data must have the Config rules of AWS's HIPAA pack and those for SageMaker.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(B)", "164.308(a)(1)(ii)(D)", "164.308(a)(8)"),
  tags: ["config", "evaluation", "presence"],
  remediationSteps: "Add `ConformancePacks`, with the rules of policies/data/conformance-rules.ts.",
  validateStack: (args, report) => {
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      const found = new Map([...packed(resources), ...alone(resources)]);
      const missing = Object.keys(requiredConfigRules).filter((identifier) => !found.has(identifier));
      if (missing.length > 0) say(`is not judged by ${missing.join(", ")}.`);
      for (const [identifier, bounds] of Object.entries(requiredConfigRules))
        for (const [parameter, bound] of Object.entries(bounds)) {
          const value = found.get(identifier)?.[parameter];
          if (found.has(identifier) && !keeps(value, bound))
            say(`is judged by ${identifier} with ${parameter} ${value ?? "unset"}; it must be ${words(bound)}.`);
        }
    });
  },
};

type Resources = readonly PolicyResource[];

/** Rules of conformance packs: their templates are CloudFormation, of which only JSON is read here. */
function packed(resources: Resources): [string, Parameters][] {
  const packs = ofType(resources, "aws:cfg/conformancePack:ConformancePack", "aws:cfg/organizationConformancePack:OrganizationConformancePack");
  return packs
    .flatMap(({ props }) =>
      typeof props["templateBody"] === "string" && props["templateBody"].startsWith("{") ? [JSON.parse(props["templateBody"]) as unknown] : [],
    )
    .flatMap((template) => [...objectsIn(template)])
    .flatMap((object) => {
      const source = object["Source"] as Parameters | undefined;
      return source?.["Owner"] === "AWS" ? [[String(source["SourceIdentifier"]), (object["InputParameters"] ?? {}) as Parameters] as [string, Parameters]] : [];
    });
}

/** Rules of their own. */
function alone(resources: Resources): [string, Parameters][] {
  return ofType(resources, "aws:cfg/rule:Rule", "aws:cfg/organizationManagedRule:OrganizationManagedRule").map(({ props }) => {
    const identifier = props["ruleIdentifier"] ?? (props["source"] as Parameters | undefined)?.["sourceIdentifier"];
    return [String(identifier), JSON.parse((props["inputParameters"] as string | undefined) ?? "{}") as Parameters];
  });
}

function keeps(value: unknown, bound: Bound): boolean {
  if ("is" in bound) return String(value) === bound.is;
  return "most" in bound ? Number(value) <= bound.most : Number(value) >= bound.least;
}

const words = (bound: Bound): string => ("is" in bound ? bound.is : "most" in bound ? `${bound.most} at most` : `${bound.least} at least`);
