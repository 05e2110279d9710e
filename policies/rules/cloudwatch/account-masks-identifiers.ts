import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { logIdentifiers } from "../../data/log-identifiers.ts";
import { judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";

interface Config {
  readonly identifiers: readonly string[];
}

const defaultIdentifiers: readonly string[] = logIdentifiers.names;

/**
 * Should an identifier of a person get into a log after all, it is masked: by a policy of the account, or by one of every group
 * (CloudWatch Logs User Guide, "Help protect sensitive log data with masking": both hold where there are both).
 */
export const accountMasksIdentifiers: StackValidationPolicy = {
  name: "cloudwatch-account-masks-identifiers",
  description: "Every account that may hold patients' data must mask identifiers of people in all its logs.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.312(a)(1)", "164.502(b)", "164.514(b)(2)(i)"),
  tags: ["cloudwatch", "minimum-necessary", "presence"],
  remediationSteps: "Add `AccountBaseline`, which masks every identifier of policies/data/log-identifiers.ts.",
  configSchema: { properties: { identifiers: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaultIdentifiers] } } },
  validateStack: (args, report) => {
    const { identifiers = defaultIdentifiers } = args.getConfig<Partial<Config>>();
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      const ofAccount = maskedBy(
        ofType(resources, "aws:cloudwatch/logAccountPolicy:LogAccountPolicy").filter(
          ({ props }) => props["policyType"] === "DATA_PROTECTION_POLICY" && (props["scope"] ?? "ALL") === "ALL" && props["selectionCriteria"] === undefined,
        ),
      );
      const ofGroups = ofType(resources, "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy");
      const unmasked = (masked: ReadonlySet<string>): string[] => identifiers.filter((identifier) => !masked.has(identifier));
      if (unmasked(ofAccount).length === 0) return;
      const groups = ofType(resources, "aws:cloudwatch/logGroup:LogGroup");
      if (groups.length === 0 || ofGroups.length === 0) return say(`does not mask ${unmasked(ofAccount).join(", ")} in its logs.`);
      judgeEach(groups, (group) => {
        const own = maskedBy(ofGroups.filter((policy) => refersTo(policy, "logGroupName", group, ["name", "id"])));
        const left = unmasked(new Set([...ofAccount, ...own]));
        if (left.length > 0) say(`does not mask ${left.join(", ")} in log group "${group.name}".`);
      });
    });
  },
};

interface Statement {
  readonly DataIdentifier?: readonly string[];
  readonly Operation?: { readonly Audit?: object; readonly Deidentify?: { readonly MaskConfig?: object } };
}

/** The identifiers that policies mask. A policy is one only if it counts what it masks (User Guide, "Syntax for data protection policy operations"). */
function maskedBy(policies: readonly PolicyResource[]): Set<string> {
  const masked = policies.flatMap(({ props }) => {
    const { Statement: statements = [] } = JSON.parse(props["policyDocument"] as string) as { Statement?: readonly Statement[] };
    const named = (chosen: (operation: NonNullable<Statement["Operation"]>) => unknown): string[] =>
      statements.flatMap(({ DataIdentifier = [], Operation = {} }) => (chosen(Operation) === undefined ? [] : DataIdentifier));
    const counted = named(({ Audit }) => Audit);
    return named(({ Deidentify }) => Deidentify?.MaskConfig).filter((arn) => counted.includes(arn));
  });
  return new Set(masked.map((arn) => arn.split("/").at(-1)!));
}
