import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { accountEnablesNewControls } from "../../../policies/rules/securityhub/account-enables-new-controls.ts";
import { findingsAreGathered } from "../../../policies/rules/securityhub/findings-are-gathered.ts";
import { findingsAreTold } from "../../../policies/rules/securityhub/findings-are-told.ts";
import { organizationIsCheckedByStandards } from "../../../policies/rules/securityhub/organization-is-checked-by-standards.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const standards = ["aws-foundational-security-best-practices", "cis-aws-foundations-benchmark", "nist-800-53"];
const arnOf = (standard: string) => `arn:aws:securityhub:us-east-1::standards/${standard}/v/1.0.0`;
const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);

/** Accounts of the organisation, known by a policy that is attached to them. */
const accounts = ["222222222222", "333333333333"];
const organization: Program = (opts) => {
  for (const targetId of accounts) new aws.organizations.PolicyAttachment(targetId, { policyId: "p", targetId }, opts);
};

interface Central {
  serviceEnabled?: boolean;
  arns?: string[];
  controls?: aws.types.input.securityhub.ConfigurationPolicyConfigurationPolicySecurityControlsConfiguration;
  targets?: readonly string[];
  policyId?: string;
  autoEnable?: boolean;
}
const central =
  ({
    serviceEnabled = true,
    arns = standards.map(arnOf),
    controls = { disabledControlIdentifiers: [] },
    targets = accounts,
    policyId,
    autoEnable = false,
  }: Central = {}): Program =>
  (opts) => {
    organization(opts);
    new aws.securityhub.OrganizationConfiguration(
      "o",
      { autoEnable, autoEnableStandards: "NONE", organizationConfiguration: { configurationType: "CENTRAL" } },
      opts,
    );
    const configurationPolicy = { serviceEnabled, enabledStandardArns: arns, securityControlsConfiguration: controls };
    const { id } = new aws.securityhub.ConfigurationPolicy("c", { configurationPolicy }, opts);
    for (const targetId of targets) new aws.securityhub.ConfigurationPolicyAssociation(`c-${targetId}`, { targetId, policyId: policyId ?? id }, opts);
  };
const local =
  (change: Partial<aws.securityhub.OrganizationConfigurationArgs> = {}, subscribed: readonly string[] = standards): Program =>
  (opts) => {
    new aws.securityhub.OrganizationConfiguration("o", { autoEnable: true, ...change }, opts);
    for (const standard of subscribed) new aws.securityhub.StandardsSubscription(standard, { standardsArn: arnOf(standard) }, opts);
  };
const hub =
  (autoEnableControls?: boolean): Program =>
  (opts) =>
    new aws.securityhub.Account("h", autoEnableControls === undefined ? {} : { autoEnableControls }, opts);
const aggregated =
  (change?: aws.securityhub.FindingAggregatorArgs): Program =>
  (opts) => {
    hub()(opts);
    if (change) new aws.securityhub.FindingAggregator("a", change, opts);
  };

const pattern = { source: ["aws.securityhub"], detail: { findings: { Severity: { Label: ["HIGH", "CRITICAL"] }, Workflow: { Status: ["NEW"] } } } };
interface Told {
  eventPattern?: object;
  state?: string;
  rule?: string;
  withTarget?: boolean;
}
const told =
  ({ eventPattern = pattern, state, rule, withTarget = true }: Told = {}): Program =>
  (opts) => {
    const made = new aws.cloudwatch.EventRule("r", { name: "r", eventPattern: JSON.stringify(eventPattern), ...(state && { state }) }, opts);
    if (withTarget) new aws.cloudwatch.EventTarget("t", { rule: rule ?? made.name, arn: "arn:aws:sns:us-east-1:111111111111:alerts" }, opts);
  };
const untold = "Nobody is told of HIGH and CRITICAL findings; an EventRule on aws.securityhub must match them and have a target.";
const ungathered = (...regions: string[]) => `Security Hub gathers no findings of ${regions.join(", ")}; a FindingAggregator must link each Region.`;

describe("rules for Security Hub", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [accountEnablesNewControls, "accepts what Security Hub does unless told otherwise", hub()],
    [accountEnablesNewControls, "refuses no new controls", hub(false), 'Security Hub "h" has autoEnableControls false; it must be true.'],
    [findingsAreTold, "accepts a rule with a target", told()],
    [findingsAreTold, "accepts a rule about every finding", told({ eventPattern: { source: ["aws.securityhub"] } })],
    [findingsAreTold, "refuses none", bucket, untold],
    [findingsAreTold, "refuses a rule without a target", told({ withTarget: false }), untold],
    [findingsAreTold, "refuses the target of another rule", told({ rule: "other" }), untold],
    [findingsAreTold, "refuses a rule that is off", told({ state: "DISABLED" }), untold],
    [findingsAreTold, "refuses a rule about something else", told({ eventPattern: { source: ["aws.guardduty"] } }), untold],
    [
      findingsAreTold,
      "refuses critical findings alone",
      told({ eventPattern: { detail: { findings: { Severity: { Label: ["CRITICAL"] } } } } }),
      "Nobody is told of HIGH findings; an EventRule on aws.securityhub must match them and have a target.",
    ],
    [findingsAreGathered, "accepts all Regions", aggregated({ linkingMode: "ALL_REGIONS" })],
    [
      findingsAreGathered,
      "accepts Regions by name",
      aggregated({ linkingMode: "SPECIFIED_REGIONS", specifiedRegions: ["us-east-2", "us-west-1", "us-west-2"] }),
    ],
    [
      findingsAreGathered,
      "refuses a gap",
      aggregated({ linkingMode: "SPECIFIED_REGIONS", specifiedRegions: ["us-east-2", "us-west-1"] }),
      ungathered("us-west-2"),
    ],
    [
      findingsAreGathered,
      "refuses an exception",
      aggregated({ linkingMode: "ALL_REGIONS_EXCEPT_SPECIFIED", specifiedRegions: ["us-west-2"] }),
      ungathered("us-west-2"),
    ],
    [findingsAreGathered, "refuses one Region", aggregated({ linkingMode: "NO_REGIONS" }), ungathered("us-east-2", "us-west-1", "us-west-2")],
    [findingsAreGathered, "refuses none", bucket, ungathered("us-east-1", "us-east-2", "us-west-1", "us-west-2")],
    [organizationIsCheckedByStandards, "refuses none", bucket, "Security Hub has no OrganizationConfiguration."],
    [organizationIsCheckedByStandards, "accepts a policy for every account", central()],
    [
      organizationIsCheckedByStandards,
      "refuses both ways at once",
      central({ autoEnable: true }),
      'Security Hub "o" is configured centrally; autoEnable must be false and autoEnableStandards NONE.',
    ],
    [organizationIsCheckedByStandards, "accepts a policy for the root", central({ targets: ["r-root"] })],
    [
      organizationIsCheckedByStandards,
      "refuses a policy with gaps",
      central({ serviceEnabled: false, arns: standards.slice(0, 2).map(arnOf), controls: { disabledControlIdentifiers: ["S3.1"] } }),
      'Configuration policy "c" has serviceEnabled false; it must be true.',
      'Configuration policy "c" lacks nist-800-53; enabledStandardArns must name them.',
      'Configuration policy "c" switches off S3.1; disabledControlIdentifiers must be empty.',
    ],
    [
      organizationIsCheckedByStandards,
      "refuses a choice of controls",
      central({ controls: { enabledControlIdentifiers: ["S3.1"] } }),
      'Configuration policy "c" leaves 1 controls on; it must not set enabledControlIdentifiers.',
    ],
    [
      organizationIsCheckedByStandards,
      "refuses an account without",
      central({ targets: ["222222222222"] }),
      "Security Hub does not check 333333333333; a ConfigurationPolicyAssociation must name each account.",
    ],
    [
      organizationIsCheckedByStandards,
      "refuses a policy that holds for nobody",
      central({ policyId: "other" }),
      "Security Hub's configuration policies are associated with no account.",
    ],
    [organizationIsCheckedByStandards, "accepts accounts that switch on by themselves", local()],
    [
      organizationIsCheckedByStandards,
      "refuses accounts that don't",
      local({ autoEnable: false }),
      'Security Hub "o" does not switch itself on in new accounts; autoEnable must be true and autoEnableStandards DEFAULT.',
    ],
    [
      organizationIsCheckedByStandards,
      "refuses accounts that do so without standards, and missing ones",
      local({ autoEnableStandards: "NONE" }, standards.slice(1)),
      "Security Hub lacks aws-foundational-security-best-practices; a StandardsSubscription must name each.",
      'Security Hub "o" does not switch itself on in new accounts; autoEnable must be true and autoEnableStandards DEFAULT.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect((await violations(rule, program)).sort()).to.deep.equal(messages.sort()));

  it("take their settings from the configuration", async () => {
    const one = local({}, ["nist-800-53"]);
    expect(await violations(organizationIsCheckedByStandards, one, { [organizationIsCheckedByStandards.name]: { standards: ["nist-800-53"] } })).to.deep.equal(
      [],
    );
    for (const rule of [findingsAreGathered, findingsAreTold, organizationIsCheckedByStandards])
      expect(await applications(rule, bucket, { [rule.name]: { required: false } }), rule.name).to.equal(0);
  });

  it("judge nothing where there is nothing of their kind", async () => expect(await applications(accountEnablesNewControls, bucket)).to.equal(0));
});
