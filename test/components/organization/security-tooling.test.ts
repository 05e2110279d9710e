import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { Delegation } from "../../../components/organization/delegation.ts";
import { findingsRuleArn, SecurityTooling } from "../../../components/organization/security-tooling.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const audit = { ...place, accountId: "222222222222" };
const deadLetterArn = "arn:aws:sqs:us-east-1:222222222222:svp-unit-lost";

describe("the watching of the organisation", () => {
  let stack: Deployed;
  before(async () => {
    stack = await inAccount((opts) => {
      new Delegation("delegation", { auditAccountId: audit.accountId }, opts);
      new SecurityTooling("tooling", { place: audit, alertTopicArn, deadLetterArn }, opts);
    });
  });

  it("is handed over to the audit account, service by service, once the organisation trusts it", () => {
    const admins = [aws.guardduty.OrganizationAdminAccount, aws.securityhub.OrganizationAdminAccount, aws.macie2.OrganizationAdminAccount].flatMap((cls) =>
      stack.ofType(cls),
    );
    expect(admins.map(({ inputs }) => inputs["adminAccountId"])).to.deep.equal(Array(3).fill("222222222222"));
    expect(stack.ofType(aws.organizations.DelegatedAdministrator).map(({ inputs }) => [inputs["accountId"], inputs["servicePrincipal"]])).to.deep.equal(
      ["access-analyzer", "config", "config-multiaccountsetup"].map((service) => ["222222222222", `${service}.amazonaws.com`]),
    );
    const trusted = stack.ofType(aws.organizations.AwsServiceAccess);
    expect(trusted.map(({ inputs }) => inputs["servicePrincipal"])).to.include.members(["config.amazonaws.com", "guardduty.amazonaws.com"]);
    for (const { dependencies } of admins) expect(dependencies).to.include.members(trusted.map(({ urn }) => urn));
  });

  it("watches S3, functions and disks in every account, those to come included", () => {
    expect(stack.one(aws.guardduty.Detector, "tooling-guardduty").inputs).to.deep.equal({ enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" });
    expect(stack.one(aws.guardduty.OrganizationConfiguration, "tooling-guardduty-organization").inputs["autoEnableOrganizationMembers"]).to.equal("ALL");
    const features = stack.ofType(aws.guardduty.OrganizationConfigurationFeature).map(({ inputs }) => [inputs["name"], inputs["autoEnable"]]);
    expect(features).to.deep.equal(["S3_DATA_EVENTS", "LAMBDA_NETWORK_LOGS", "EBS_MALWARE_PROTECTION"].map((name) => [name, "ALL"]));
    expect(stack.ofType(aws.guardduty.DetectorFeature).map(({ inputs }) => inputs["status"])).to.deep.equal(Array(3).fill("ENABLED"));
  });

  it("judges by three standards, and looks for patients' data and for access from outside", () => {
    expect(stack.ofType(aws.securityhub.StandardsSubscription).map(({ inputs }) => inputs["standardsArn"])).to.deep.equal(
      ["aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0", "cis-aws-foundations-benchmark/v/3.0.0"].map(
        (standard) => `arn:aws:securityhub:us-east-1::standards/${standard}`,
      ),
    );
    expect(stack.one(aws.securityhub.OrganizationConfiguration, "tooling-securityhub-organization").inputs["autoEnable"]).to.equal(true);
    expect(stack.one(aws.macie2.OrganizationConfiguration, "tooling-macie-organization").inputs).to.deep.equal({ autoEnable: true });
    expect(stack.ofType(aws.accessanalyzer.Analyzer).map(({ inputs }) => inputs["type"])).to.deep.equal(["ORGANIZATION", "ORGANIZATION_UNUSED_ACCESS"]);
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
