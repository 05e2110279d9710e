import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { reaches, targetsOf } from "../organizations/guardrails.ts";

interface Config {
  readonly standards: readonly string[];
}

/** By parts of their ARNs; NIST 800-53 is what the Department of Health's crosswalk of the Security Rule leads to. */
const defaultStandards = ["aws-foundational-security-best-practices", "cis-aws-foundations-benchmark", "nist-800-53"];

/**
 * Security Hub checks every account of the organisation by known standards: by a configuration policy that holds for each (central
 * configuration), or by switching itself on in accounts as they come (local configuration), which leaves those alone that are there.
 */
export const organizationIsCheckedByStandards: StackValidationPolicy = {
  name: "securityhub-organization-is-checked-by-standards",
  description: "Security Hub must check every account of the organisation by AWS's best practices, CIS and NIST 800-53.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(B)", "164.308(a)(1)(ii)(D)", "164.308(a)(8)"),
  tags: ["securityhub", "evaluation", "presence"],
  remediationSteps: "Add `SecurityTooling` with every account that has guardrails.",
  configSchema: {
    properties: { ...requiredSchema.properties, standards: { type: "array", items: { type: "string" }, minItems: 1, default: defaultStandards } },
  },
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const { standards = defaultStandards } = args.getConfig<Partial<Config>>();
    const [organization] = ofType(args.resources, "aws:securityhub/organizationConfiguration:OrganizationConfiguration");
    if (organization === undefined) return report("Security Hub has no OrganizationConfiguration.");
    const type = (organization.props["organizationConfiguration"] as { configurationType?: string } | undefined)?.configurationType ?? "LOCAL";
    if (type === "CENTRAL") judgeCentral(organization, args.resources, standards, report);
    else judgeLocal(organization, args.resources, standards, report);
  },
};

type Report = (message: string, urn?: string) => void;

interface ConfigurationPolicy {
  readonly serviceEnabled?: boolean;
  readonly enabledStandardArns?: readonly string[];
  readonly securityControlsConfiguration?: { readonly disabledControlIdentifiers?: readonly string[]; readonly enabledControlIdentifiers?: readonly string[] };
}

const lacking = (arns: readonly string[], standards: readonly string[]): string[] =>
  standards.filter((standard) => !arns.some((arn) => arn.includes(`/${standard}/`)));

function judgeCentral(organization: PolicyResource, resources: readonly PolicyResource[], standards: readonly string[], report: Report): void {
  const { autoEnable, autoEnableStandards = "DEFAULT" } = organization.props;
  // Security Hub refuses central configuration otherwise (API reference: UpdateOrganizationConfiguration).
  if (autoEnable !== false || autoEnableStandards !== "NONE")
    report(`Security Hub "${organization.name}" is configured centrally; autoEnable must be false and autoEnableStandards NONE.`, organization.urn);
  const policies = ofType(resources, "aws:securityhub/configurationPolicy:ConfigurationPolicy");
  for (const { name, urn, props } of policies) {
    const { serviceEnabled, enabledStandardArns = [], securityControlsConfiguration: controls = {} } = props["configurationPolicy"] as ConfigurationPolicy;
    if (serviceEnabled !== true) report(`Configuration policy "${name}" has serviceEnabled ${serviceEnabled ?? "unset"}; it must be true.`, urn);
    const missing = lacking(enabledStandardArns, standards);
    if (missing.length > 0) report(`Configuration policy "${name}" lacks ${missing.join(", ")}; enabledStandardArns must name them.`, urn);
    const { disabledControlIdentifiers: off = [], enabledControlIdentifiers: only } = controls;
    if (off.length > 0) report(`Configuration policy "${name}" switches off ${off.join(", ")}; disabledControlIdentifiers must be empty.`, urn);
    if (only !== undefined) report(`Configuration policy "${name}" leaves ${only.length} controls on; it must not set enabledControlIdentifiers.`, urn);
  }
  const associated = ofType(resources, "aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation")
    .filter((association) => policies.some((policy) => refersTo(association, "policyId", policy, ["id"])))
    .map(({ props }) => props["targetId"] as string);
  const unchecked = targetsOf(resources).filter((target) => !reaches(associated, target));
  if (associated.length === 0) report("Security Hub's configuration policies are associated with no account.");
  else if (unchecked.length > 0) report(`Security Hub does not check ${unchecked.join(", ")}; a ConfigurationPolicyAssociation must name each account.`);
}

function judgeLocal({ name, urn, props }: PolicyResource, resources: readonly PolicyResource[], standards: readonly string[], report: Report): void {
  if (props["autoEnable"] !== true || (props["autoEnableStandards"] ?? "DEFAULT") !== "DEFAULT")
    report(`Security Hub "${name}" does not switch itself on in new accounts; autoEnable must be true and autoEnableStandards DEFAULT.`, urn);
  const arns = ofType(resources, "aws:securityhub/standardsSubscription:StandardsSubscription").map((standard) => standard.props["standardsArn"] as string);
  const missing = lacking(arns, standards);
  if (missing.length > 0) report(`Security Hub lacks ${missing.join(", ")}; a StandardsSubscription must name each.`);
}
