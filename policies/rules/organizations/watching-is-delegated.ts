import type { StackValidationPolicy } from "@pulumi/policy";
import { accountIdOf, ofType, regionOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { openRegions } from "./guardrails.ts";

/** Services that name their administrator in ways of their own. */
const administrators: Readonly<Record<string, string>> = {
  "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount": "GuardDuty",
  "aws:macie2/organizationAdminAccount:OrganizationAdminAccount": "Macie",
  "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount": "Security Hub",
};
/** Services that name it by the common way of Organizations, by their principals. */
const administered = ["access-analyzer", "config", "config-multiaccountsetup"];
/** Services that act in every account, which the organisation must let them (Organizations User Guide, "AWS services that you can use"). */
const trusted = [...administered, "cloudtrail", "guardduty", "macie", "malware-protection.guardduty", "securityhub"].sort();
const missing = (services: readonly string[], principals: readonly string[]): string[] =>
  services.map((service) => `${service}.amazonaws.com`).filter((principal) => !principals.includes(principal));

const guardDuty = "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount";
const delegated = "aws:organizations/delegatedAdministrator:DelegatedAdministrator";

/** Who watches the organisation is not who pays for it: guardrails do not hold in the management account, so nobody works there. */
export const watchingIsDelegated: StackValidationPolicy = {
  name: "organizations-watching-is-delegated",
  description:
    "GuardDuty, Security Hub, Macie, Access Analyzer and Config must be trusted in every account, and run by another account than the organisation's own.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)"),
  tags: ["organizations", "access", "presence"],
  remediationSteps: "Add `Delegation` to the management account, naming the audit account.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    onlyWhereRequired(args);
    const { resources } = args;
    const named = ofType(resources, ...Object.keys(administrators), delegated);
    for (const [type, service] of Object.entries(administrators))
      if (!named.some((resource) => resource.type === type))
        report(`${service} has no administrator of the organisation; an OrganizationAdminAccount must name one.`);
    const regions = new Set(ofType(named, guardDuty).map(regionOf));
    const unnamed = openRegions(resources).filter((region) => !regions.has(region));
    if (regions.size > 0 && unnamed.length > 0) report(`GuardDuty has no administrator of the organisation in ${unnamed.join(", ")}.`);
    const principals = (type: string): string[] => ofType(resources, type).map(({ props }) => props["servicePrincipal"] as string);
    const unadministered = missing(administered, principals(delegated));
    if (unadministered.length > 0) report(`${unadministered.join(", ")} have no administrator of the organisation; a DelegatedAdministrator must name one.`);
    const untrusted = missing(trusted, principals("aws:organizations/awsServiceAccess:AwsServiceAccess"));
    if (untrusted.length > 0) report(`The organisation does not trust ${untrusted.join(", ")} to act in its accounts; an AwsServiceAccess must name each.`);
    judgeEach(named, ({ name, urn, provider, props }) => {
      const account = props["adminAccountId"] ?? props["accountId"];
      if (account === accountIdOf(provider)) report(`Administrator "${name}" is the management account, ${account}; it must be another.`, urn);
    });
  },
};
