import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import { allow } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";

export interface SecurityToolingArgs {
  /** The audit account. */
  place: Place;
  /** Told of findings that can't wait. */
  alertTopicArn: pulumi.Input<string>;
  /** Takes alerts that could not be delivered. Its policy must let the rule send: {@link findingsRuleArn}. */
  deadLetterArn: pulumi.Input<string>;
}

/** ARN of the rule that tells of findings. */
export const findingsRuleArn = (place: Place, name: string): string => regionalArn(place, "events", `rule/${physicalName(place, `${name}-findings`)}`);

/** What GuardDuty watches beside the trail, flow and DNS logs that it always does. Servers and clusters there are none. */
const guardDutyFeatures = ["S3_DATA_EVENTS", "LAMBDA_NETWORK_LOGS", "EBS_MALWARE_PROTECTION"];

/** Security Hub's standards, as parts of their ARNs. */
const standards = ["aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0", "cis-aws-foundations-benchmark/v/3.0.0"];

/**
 * Watches every account of the organisation, those that come later included: threats, findings by known standards,
 * patients' data where they should not be, access from outside, configuration.
 *
 * HIPAA 164.308(a)(1)(ii)(A), (ii)(D), 164.308(a)(5)(ii)(B), 164.308(a)(6)(ii), 164.308(a)(8).
 *
 * **Cost**: by events and resources; a quiet account is a few dollars a month.
 */
export class SecurityTooling extends PlatformComponent {
  constructor(name: string, args: SecurityToolingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:SecurityTooling", name, opts);
    this.#guardDuty();
    this.#securityHub(args.place);
    this.#macie();
    this.#accessAnalyzers(args.place);
    this.#configuration(args.place);
    this.#tellOfFindings(name, args);
    this.registerOutputs();
  }

  #guardDuty(): void {
    const detector = new aws.guardduty.Detector(this.childName("guardduty"), { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" }, this.child());
    const organization = new aws.guardduty.OrganizationConfiguration(
      this.childName("guardduty-organization"),
      { detectorId: detector.id, autoEnableOrganizationMembers: "ALL" },
      this.child(),
    );
    for (const feature of guardDutyFeatures) {
      const suffix = `guardduty-${feature.toLowerCase().replaceAll("_", "-")}`;
      new aws.guardduty.DetectorFeature(this.childName(suffix), { detectorId: detector.id, name: feature, status: "ENABLED" }, this.child());
      new aws.guardduty.OrganizationConfigurationFeature(
        this.childName(`${suffix}-organization`),
        { detectorId: detector.id, name: feature, autoEnable: "ALL" },
        this.child({ dependsOn: [organization] }),
      );
    }
  }

  #securityHub({ region }: Place): void {
    const hub = new aws.securityhub.Account(
      this.childName("securityhub"),
      { enableDefaultStandards: false, controlFindingGenerator: "SECURITY_CONTROL", autoEnableControls: true },
      this.child(),
    );
    const after = this.child({ dependsOn: [hub] });
    new aws.securityhub.OrganizationConfiguration(this.childName("securityhub-organization"), { autoEnable: true, autoEnableStandards: "DEFAULT" }, after);
    for (const standard of standards) {
      new aws.securityhub.StandardsSubscription(
        this.childName(`securityhub-${standard.split("/")[0]}`),
        { standardsArn: `arn:aws:securityhub:${region}::standards/${standard}` },
        after,
      );
    }
  }

  #macie(): void {
    const macie = new aws.macie2.Account(this.childName("macie"), { status: "ENABLED", findingPublishingFrequency: "FIFTEEN_MINUTES" }, this.child());
    new aws.macie2.OrganizationConfiguration(this.childName("macie-organization"), { autoEnable: true }, this.child({ dependsOn: [macie] }));
  }

  #accessAnalyzers(place: Place): void {
    new aws.accessanalyzer.Analyzer(
      this.childName("external-access"),
      { analyzerName: physicalName(place, "external-access"), type: "ORGANIZATION" },
      this.child(),
    );
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

  /** Security Hub gathers the findings of GuardDuty, Macie and Access Analyzer, too. A finding names resources, never what they hold. */
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
        retryPolicy: { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 },
      },
      this.child(),
    );
  }
}
