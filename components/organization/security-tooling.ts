import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { eventRetries } from "../compute/event-retries.ts";
import { eventRuleArn, type Place, physicalName } from "../place.ts";
import { regionalName } from "../regional-name.ts";
import { allow } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { guardDutyFeatures } from "./security-services.ts";

export interface SecurityToolingArgs {
  /** The audit account, in the home Region. It must be the services' administrator: Delegation. */
  place: Place;
  /** GuardDuty's detectors of the account, by Region, the home Region among them: SecurityServices. */
  detectorIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** Accounts that Security Hub checks, by name, this one among them. */
  accounts: Readonly<Record<string, string>>;
  /** Told of findings that can't wait. */
  alertTopicArn: pulumi.Input<string>;
  /** Takes alerts that could not be delivered. Its policy must let the rule send: {@link findingsRuleArn}. */
  deadLetterArn: pulumi.Input<string>;
}

/** ARN of the rule that tells of findings. */
export const findingsRuleArn = (place: Place, name: string): string => eventRuleArn(place, `${name}-findings`);

/** Security Hub's standards, as parts of their ARNs. */
const standards = ["aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0", "cis-aws-foundations-benchmark/v/3.0.0"];

/**
 * Watches every account of the organisation: threats, findings by known standards, patients' data where they should not be,
 * access from outside, configuration. GuardDuty and Macie take in accounts that come later by themselves; Security Hub checks
 * those that are named.
 *
 * HIPAA 164.308(a)(1)(ii)(A), (ii)(D), 164.308(a)(5)(ii)(B), 164.308(a)(6)(ii), 164.308(a)(8).
 *
 * **Cost**: by events, checks and resources; a quiet account is about eight dollars a month and Region.
 */
export class SecurityTooling extends PlatformComponent {
  constructor(name: string, args: SecurityToolingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:SecurityTooling", name, opts);
    const { place, detectorIds, accounts } = args;
    if (!(place.region in detectorIds)) this.reject("detectorIds", `must have one of the home Region, ${place.region}.`);
    if (!Object.values(accounts).includes(place.accountId)) this.reject("accounts", "must contain the audit account, whose standards nothing else sets.");
    for (const [region, detectorId] of Object.entries(detectorIds)) this.#guardDuty(region, detectorId, place);
    this.#securityHub(place, Object.keys(detectorIds), accounts);
    this.#macie();
    for (const region of Object.keys(detectorIds)) this.#externalAccess(region, place);
    this.#unusedAccess(place);
    this.#configuration(place);
    this.#tellOfFindings(name, args);
    this.registerOutputs();
  }

  #guardDuty(region: string, detectorId: pulumi.Input<string>, home: Place): void {
    const childName = (suffix: string) => this.childName(regionalName(suffix, region, home));
    const organization = new aws.guardduty.OrganizationConfiguration(
      childName("guardduty-organization"),
      { region, detectorId, autoEnableOrganizationMembers: "ALL" },
      this.child(),
    );
    for (const [suffix, feature] of Object.entries(guardDutyFeatures)) {
      new aws.guardduty.OrganizationConfigurationFeature(
        childName(`guardduty-${suffix}-organization`),
        { region, detectorId, name: feature, autoEnable: "ALL" },
        this.child({ dependsOn: [organization] }),
      );
    }
  }

  /**
   * Central configuration: switching accounts on as they come leaves out those that are there already, and sets one Region alone.
   * An account that a policy holds for can't change its standards itself (Security Hub User Guide, "Comparing centrally managed
   * and self-managed targets").
   */
  #securityHub(place: Place, regions: readonly string[], accounts: Readonly<Record<string, string>>): void {
    const linked = regions.filter((region) => region !== place.region);
    const aggregator = new aws.securityhub.FindingAggregator(
      this.childName("securityhub-aggregator"),
      linked.length === 0 ? { linkingMode: "NO_REGIONS" } : { linkingMode: "SPECIFIED_REGIONS", specifiedRegions: linked },
      this.child(),
    );
    const organization = new aws.securityhub.OrganizationConfiguration(
      this.childName("securityhub-organization"),
      // Central configuration takes these two only so.
      { organizationConfiguration: { configurationType: "CENTRAL" }, autoEnable: false, autoEnableStandards: "NONE" },
      this.child({ dependsOn: [aggregator] }),
    );
    const policy = new aws.securityhub.ConfigurationPolicy(
      this.childName("securityhub-policy"),
      {
        name: physicalName(place, "standards"),
        description: "Security Hub with every control of the platform's standards",
        configurationPolicy: {
          serviceEnabled: true,
          enabledStandardArns: standards.map((standard) => `arn:aws:securityhub:${place.region}::standards/${standard}`),
          securityControlsConfiguration: { disabledControlIdentifiers: [] },
        },
      },
      this.child({ dependsOn: [organization] }),
    );
    for (const [account, targetId] of Object.entries(accounts))
      new aws.securityhub.ConfigurationPolicyAssociation(this.childName(`securityhub-policy-${account}`), { targetId, policyId: policy.id }, this.child());
  }

  #macie(): void {
    new aws.macie2.OrganizationConfiguration(this.childName("macie-organization"), { autoEnable: true }, this.child());
  }

  /** An analyzer sees the resources of its own Region (IAM User Guide, "IAM Access Analyzer findings"). */
  #externalAccess(region: string, home: Place): void {
    new aws.accessanalyzer.Analyzer(
      this.childName(regionalName("external-access", region, home)),
      { region, analyzerName: physicalName(home, "external-access"), type: "ORGANIZATION" },
      this.child(),
    );
  }

  /** Once: roles have no Region, and each costs. */
  #unusedAccess(place: Place): void {
    new aws.accessanalyzer.Analyzer(
      this.childName("unused-access"),
      {
        analyzerName: physicalName(place, "unused-access"),
        type: "ORGANIZATION_UNUSED_ACCESS",
        configuration: { unusedAccess: { unusedAccessAge: 90 } },
      },
      this.child(),
    );
  }

  #configuration(place: Place): void {
    const role = new ServiceRole(
      this.childName("aggregator-role"),
      {
        place,
        service: "config.amazonaws.com",
        // Config looks up which accounts there are; Organizations knows no resource for that (managed policy AWSConfigRoleForOrganizations).
        statements: [
          allow(
            "ListAccounts",
            [
              "organizations:DescribeOrganization",
              "organizations:ListAWSServiceAccessForOrganization",
              "organizations:ListAccounts",
              "organizations:ListDelegatedAdministrators",
            ],
            ["*"],
          ),
        ],
      },
      { parent: this },
    );
    new aws.cfg.ConfigurationAggregator(
      this.childName("aggregator"),
      { name: physicalName(place, "organization"), organizationAggregationSource: { allRegions: true, roleArn: role.arn } },
      this.child(),
    );
  }

  /**
   * Security Hub gathers the findings of GuardDuty, Macie and Access Analyzer, too, and at home those of every Region (Security Hub
   * User Guide, "Security Hub event types in EventBridge"). A finding names resources, never what they hold.
   */
  #tellOfFindings(name: string, { place, alertTopicArn, deadLetterArn }: SecurityToolingArgs): void {
    const rule = new aws.cloudwatch.EventRule(
      this.childName("findings"),
      {
        name: findingsRuleArn(place, name).split("/").at(-1)!,
        description: "A new finding can't wait",
        eventPattern: JSON.stringify({
          source: ["aws.securityhub"],
          "detail-type": ["Security Hub Findings - Imported"],
          detail: { findings: { Severity: { Label: ["HIGH", "CRITICAL"] }, Workflow: { Status: ["NEW"] }, RecordState: ["ACTIVE"] } },
        }),
      },
      this.child(),
    );
    new aws.cloudwatch.EventTarget(
      this.childName("findings-alert"),
      {
        rule: rule.name,
        targetId: "alert",
        arn: alertTopicArn,
        inputTransformer: {
          inputPaths: { account: "$.detail.findings[0].AwsAccountId", severity: "$.detail.findings[0].Severity.Label", title: "$.detail.findings[0].Title" },
          inputTemplate: '"<severity> finding in account <account>: <title>. See Security Hub of the audit account."',
        },
        deadLetterConfig: { arn: deadLetterArn },
        retryPolicy: eventRetries,
      },
      this.child(),
    );
  }
}
