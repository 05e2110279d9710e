import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { Delegation, type DelegationArgs } from "../../../components/organization/delegation.ts";
import { SecurityServices } from "../../../components/organization/security-services.ts";
import { findingsRuleArn, SecurityTooling, type SecurityToolingArgs } from "../../../components/organization/security-tooling.ts";
import { failure } from "../../support/failure.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

type Opts = { provider: aws.Provider };
const audit = { ...place, accountId: "222222222222" };
const deadLetterArn = "arn:aws:sqs:us-east-1:222222222222:svp-unit-lost";
const accounts = { audit: audit.accountId, prod: "333333333333" };
const bothRegions = ["us-east-1", "us-west-2"];

const services = (regions: readonly string[], opts: Opts) => new SecurityServices("services", { place: audit, regions }, opts);
const delegate = (more: Partial<DelegationArgs>, opts: Opts) =>
  new Delegation("delegation", { place, auditAccountId: audit.accountId, regions: bothRegions, ...more }, opts);
const tool = (more: Partial<SecurityToolingArgs>, opts: Opts) =>
  new SecurityTooling("tooling", { place: audit, detectorIds: { "us-east-1": "detector" }, accounts, alertTopicArn, deadLetterArn, ...more }, opts);
const watchIn = (regions: readonly string[]): Promise<Deployed> =>
  inAccount((opts) => {
    const { detectorIds } = services(regions, opts);
    delegate({ regions }, opts);
    tool({ detectorIds }, opts);
  });

describe("the watching of the organisation", () => {
  let stack: Deployed;
  before(async () => {
    stack = await watchIn(bothRegions);
  });
  /** Children by the part of their name that follows their component's, with their inputs. */
  const inputsOf = (cls: unknown) => Object.fromEntries(stack.ofType(cls).map(({ name, inputs }) => [name, inputs]));
  const detectorIn = (suffix = "") => stack.one(aws.guardduty.Detector, `services-guardduty${suffix}`).id;

  it("is made of children of three components, whose names they bear", () => {
    const named = (component: string) =>
      stack.resources.filter(({ parent }) => parent?.endsWith(`::${component}`)).filter(({ name }) => name.startsWith(`${component}-`)).length;
    const others = stack.resources.filter(
      ({ parent, type }) => type.startsWith("aws:") && !/:(SecurityServices|Delegation|SecurityTooling|ServiceRole)::/.test(parent ?? ""),
    );
    expect(others).to.deep.equal([]);
    expect([named("services"), named("delegation"), named("tooling")]).to.deep.equal([10, 14, 21]);
  });

  describe("in the audit account", () => {
    it("begins with GuardDuty in every Region, home without a suffix", () => {
      const detector = { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" };
      expect(inputsOf(aws.guardduty.Detector)).to.deep.equal({
        "services-guardduty": { region: "us-east-1", ...detector },
        "services-guardduty-us-west-2": { region: "us-west-2", ...detector },
      });
      const features = { "s3-data-events": "S3_DATA_EVENTS", "lambda-network-logs": "LAMBDA_NETWORK_LOGS", "ebs-malware-protection": "EBS_MALWARE_PROTECTION" };
      expect(inputsOf(aws.guardduty.DetectorFeature)).to.deep.equal(
        Object.fromEntries(
          Object.entries(features).flatMap(([suffix, name]) => [
            [`services-guardduty-${suffix}`, { region: "us-east-1", detectorId: detectorIn(), name, status: "ENABLED" }],
            [`services-guardduty-${suffix}-us-west-2`, { region: "us-west-2", detectorId: detectorIn("-us-west-2"), name, status: "ENABLED" }],
          ]),
        ),
      );
      expect(detectorIn()).not.to.equal(detectorIn("-us-west-2"));
    });

    it("begins with Security Hub and Macie at home, without standards of the account's own", () => {
      expect(inputsOf(aws.securityhub.Account)).to.deep.equal({
        "services-securityhub": { enableDefaultStandards: false, controlFindingGenerator: "SECURITY_CONTROL", autoEnableControls: true },
      });
      expect(inputsOf(aws.macie2.Account)).to.deep.equal({ "services-macie": { status: "ENABLED", findingPublishingFrequency: "FIFTEEN_MINUTES" } });
      expect(stack.ofType(aws.securityhub.StandardsSubscription)).to.deep.equal([]);
    });
  });

  describe("is handed over to the audit account", () => {
    it("service by service, GuardDuty in every Region", () => {
      const adminAccountId = "222222222222";
      expect(inputsOf(aws.guardduty.OrganizationAdminAccount)).to.deep.equal({
        "delegation-guardduty": { region: "us-east-1", adminAccountId },
        "delegation-guardduty-us-west-2": { region: "us-west-2", adminAccountId },
      });
      expect(inputsOf(aws.securityhub.OrganizationAdminAccount)).to.deep.equal({ "delegation-securityhub": { adminAccountId } });
      expect(inputsOf(aws.macie2.OrganizationAdminAccount)).to.deep.equal({ "delegation-macie": { adminAccountId } });
      expect(inputsOf(aws.organizations.DelegatedAdministrator)).to.deep.equal(
        Object.fromEntries(
          ["access-analyzer", "config", "config-multiaccountsetup"].map((service) => [
            `delegation-${service}`,
            { accountId: "222222222222", servicePrincipal: `${service}.amazonaws.com` },
          ]),
        ),
      );
    });

    it("once the organisation trusts the services", () => {
      const trusted = stack.ofType(aws.organizations.AwsServiceAccess);
      expect(trusted.map(({ name, inputs }) => [name, inputs["servicePrincipal"]])).to.deep.equal([
        ["delegation-trust-access-analyzer", "access-analyzer.amazonaws.com"],
        ["delegation-trust-config", "config.amazonaws.com"],
        ["delegation-trust-config-multiaccountsetup", "config-multiaccountsetup.amazonaws.com"],
        ["delegation-trust-guardduty", "guardduty.amazonaws.com"],
        ["delegation-trust-macie", "macie.amazonaws.com"],
        ["delegation-trust-malware-protection-guardduty", "malware-protection.guardduty.amazonaws.com"],
        ["delegation-trust-securityhub", "securityhub.amazonaws.com"],
      ]);
      const named = [
        aws.organizations.DelegatedAdministrator,
        aws.guardduty.OrganizationAdminAccount,
        aws.securityhub.OrganizationAdminAccount,
        aws.macie2.OrganizationAdminAccount,
      ].flatMap((cls) => stack.ofType(cls));
      for (const { dependencies, name } of named) expect(dependencies, name).to.have.members(trusted.map(({ urn }) => urn));
    });
  });

  it("has GuardDuty watch every account in every Region, those to come included", () => {
    expect(inputsOf(aws.guardduty.OrganizationConfiguration)).to.deep.equal({
      "tooling-guardduty-organization": { region: "us-east-1", detectorId: detectorIn(), autoEnableOrganizationMembers: "ALL" },
      "tooling-guardduty-organization-us-west-2": { region: "us-west-2", detectorId: detectorIn("-us-west-2"), autoEnableOrganizationMembers: "ALL" },
    });
    const features = stack.ofType(aws.guardduty.OrganizationConfigurationFeature);
    expect(features.map(({ name, inputs }) => [name, inputs["region"], inputs["detectorId"], inputs["name"], inputs["autoEnable"]])).to.have.deep.members(
      (
        [
          ["s3-data-events", "S3_DATA_EVENTS"],
          ["lambda-network-logs", "LAMBDA_NETWORK_LOGS"],
          ["ebs-malware-protection", "EBS_MALWARE_PROTECTION"],
        ] as const
      ).flatMap(([suffix, feature]) => [
        [`tooling-guardduty-${suffix}-organization`, "us-east-1", detectorIn(), feature, "ALL"],
        [`tooling-guardduty-${suffix}-organization-us-west-2`, "us-west-2", detectorIn("-us-west-2"), feature, "ALL"],
      ]),
    );
    for (const { inputs, dependencies } of features) {
      const suffix = inputs["region"] === "us-east-1" ? "" : "-us-west-2";
      expect(dependencies).to.include(stack.one(aws.guardduty.OrganizationConfiguration, `tooling-guardduty-organization${suffix}`).urn);
    }
  });

  it("has Security Hub judge every account that is named by three standards, there already or not, from home in the other Region, too", () => {
    expect(inputsOf(aws.securityhub.FindingAggregator)).to.deep.equal({
      "tooling-securityhub-aggregator": { linkingMode: "SPECIFIED_REGIONS", specifiedRegions: ["us-west-2"] },
    });
    expect(inputsOf(aws.securityhub.OrganizationConfiguration)).to.deep.equal({
      "tooling-securityhub-organization": { organizationConfiguration: { configurationType: "CENTRAL" }, autoEnable: false, autoEnableStandards: "NONE" },
    });
    expect(inputsOf(aws.securityhub.ConfigurationPolicy)).to.deep.equal({
      "tooling-securityhub-policy": {
        name: "svp-unit-standards",
        description: "Security Hub with every control of the platform's standards",
        configurationPolicy: {
          serviceEnabled: true,
          enabledStandardArns: ["aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0", "cis-aws-foundations-benchmark/v/3.0.0"].map(
            (standard) => `arn:aws:securityhub:us-east-1::standards/${standard}`,
          ),
          securityControlsConfiguration: { disabledControlIdentifiers: [] },
        },
      },
    });
    const policyId = stack.one(aws.securityhub.ConfigurationPolicy, "tooling-securityhub-policy").id;
    expect(inputsOf(aws.securityhub.ConfigurationPolicyAssociation)).to.deep.equal({
      "tooling-securityhub-policy-audit": { targetId: "222222222222", policyId },
      "tooling-securityhub-policy-prod": { targetId: "333333333333", policyId },
    });
  });

  it("links Regions before it configures centrally, and configures centrally before it makes a policy", () => {
    const aggregator = stack.one(aws.securityhub.FindingAggregator, "tooling-securityhub-aggregator");
    const organization = stack.one(aws.securityhub.OrganizationConfiguration, "tooling-securityhub-organization");
    const policy = stack.one(aws.securityhub.ConfigurationPolicy, "tooling-securityhub-policy");
    expect(organization.dependencies).to.deep.equal([aggregator.urn]);
    expect(policy.dependencies).to.deep.equal([organization.urn]);
    for (const { dependencies } of stack.ofType(aws.securityhub.ConfigurationPolicyAssociation)) expect(dependencies).to.deep.equal([policy.urn]);
  });

  it("looks for patients' data, for access from outside in every Region, and for unused access once", () => {
    expect(inputsOf(aws.macie2.OrganizationConfiguration)).to.deep.equal({ "tooling-macie-organization": { autoEnable: true } });
    expect(inputsOf(aws.accessanalyzer.Analyzer)).to.deep.equal({
      "tooling-external-access": { region: "us-east-1", analyzerName: "svp-unit-external-access", type: "ORGANIZATION" },
      "tooling-external-access-us-west-2": { region: "us-west-2", analyzerName: "svp-unit-external-access", type: "ORGANIZATION" },
      "tooling-unused-access": {
        analyzerName: "svp-unit-unused-access",
        type: "ORGANIZATION_UNUSED_ACCESS",
        configuration: { unusedAccess: { unusedAccessAge: 90 } },
      },
    });
  });

  it("gathers the configuration of all accounts and Regions", () => {
    expect(stack.one(aws.cfg.ConfigurationAggregator, "tooling-aggregator").inputs).to.deep.equal({
      name: "svp-unit-organization",
      organizationAggregationSource: { allRegions: true, roleArn: "arn:aws:iam::111111111111:role/svp-unit-tooling-aggregator-role" },
    });
    expect(Object.keys(statements(stack.one(aws.iam.RolePolicy, "tooling-aggregator-role-policy").inputs["policy"]))).to.deep.equal(["ListAccounts"]);
  });

  it("tells people of new findings that can't wait, by title and account alone", () => {
    const rule = stack.one(aws.cloudwatch.EventRule, "tooling-findings").inputs;
    expect(findingsRuleArn(audit, "tooling")).to.equal(`arn:aws:events:us-east-1:222222222222:rule/${rule["name"]}`);
    expect(JSON.parse(rule["eventPattern"] as string).detail).to.deep.equal({
      findings: { Severity: { Label: ["HIGH", "CRITICAL"] }, Workflow: { Status: ["NEW"] }, RecordState: ["ACTIVE"] },
    });
    const target = stack.one(aws.cloudwatch.EventTarget, "tooling-findings-alert").inputs;
    expect(target).to.deep.include({ arn: alertTopicArn, deadLetterConfig: { arn: deadLetterArn } });
    expect(Object.keys((target["inputTransformer"] as { inputPaths: object }).inputPaths)).to.deep.equal(["account", "severity", "title"]);
  });
});

describe("the watching of an organisation with one Region", () => {
  it("links no other Region, and names none", async () => {
    const stack = await watchIn(["us-east-1"]);
    expect(stack.one(aws.securityhub.FindingAggregator, "tooling-securityhub-aggregator").inputs).to.deep.equal({ linkingMode: "NO_REGIONS" });
    expect(stack.resources.filter(({ name }) => name.includes("us-west-2"))).to.deep.equal([]);
  });
});

describe("SecurityServices, Delegation and SecurityTooling", () => {
  const refusals: Record<string, [program: (opts: Opts) => unknown, message: string]> = {
    "services outside the home Region": [
      (opts) => services(["us-west-2"], opts),
      'svp:organization:SecurityServices "services": regions must contain the home Region, us-east-1.',
    ],
    "delegation outside the home Region": [
      (opts) => delegate({ regions: ["us-west-2"] }, opts),
      'svp:organization:Delegation "delegation": regions must contain the home Region, us-east-1.',
    ],
    "delegation to the management account": [
      (opts) => delegate({ auditAccountId: place.accountId }, opts),
      'svp:organization:Delegation "delegation": auditAccountId must not be the management account',
    ],
    "tooling without a detector at home": [
      (opts) => tool({ detectorIds: { "us-west-2": "detector" } }, opts),
      'svp:organization:SecurityTooling "tooling": detectorIds must have one of the home Region, us-east-1.',
    ],
    "tooling that leaves its own account unchecked": [
      (opts) => tool({ accounts: { prod: "333333333333" } }, opts),
      'svp:organization:SecurityTooling "tooling": accounts must contain the audit account',
    ],
  };
  for (const [what, [program, message]] of Object.entries(refusals))
    it(`refuse ${what}`, async () => expect((await failure(inAccount((opts) => void program(opts)))).message).to.contain(message));
});
