import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { requiredConfigRules } from "../../../policies/data/conformance-rules.ts";
import { accountIsJudgedAllTheTime } from "../../../policies/rules/config/account-is-judged-all-the-time.ts";
import { accountIsRecorded } from "../../../policies/rules/config/account-is-recorded.ts";
import { deliveryGoesToArchive } from "../../../policies/rules/config/delivery-goes-to-archive.ts";
import { deliveryIsEncryptedWithCustomerKey } from "../../../policies/rules/config/delivery-is-encrypted-with-customer-key.ts";
import { historyOutlivesAuditPeriod } from "../../../policies/rules/config/history-outlives-audit-period.ts";
import { organizationIsAggregated } from "../../../policies/rules/config/organization-is-aggregated.ts";
import { recorderRecordsEverything } from "../../../policies/rules/config/recorder-records-everything.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const roleArn = "arn:aws:iam::111111111111:role/config";
const recorder =
  (recordingGroup?: aws.types.input.cfg.RecorderRecordingGroup, recordingMode?: aws.types.input.cfg.RecorderRecordingMode): Program =>
  (opts) =>
    new aws.cfg.Recorder("r", { roleArn, ...(recordingGroup && { recordingGroup }), ...(recordingMode && { recordingMode }) }, opts);
const everything = { allSupported: true, includeGlobalResourceTypes: true };
const channel =
  (s3KmsKeyArn?: string): Program =>
  (opts) =>
    new aws.cfg.DeliveryChannel("c", { s3BucketName: "archive", ...(s3KmsKeyArn && { s3KmsKeyArn }) }, opts);
const recorded =
  ({ isEnabled = true, channel: withChannel = true, name = "r" }): Program =>
  (opts) => {
    new aws.cfg.Recorder("r", { name: "r", roleArn }, opts);
    new aws.cfg.RecorderStatus("s", { name, isEnabled }, opts);
    if (withChannel) channel()(opts);
  };
const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
const aggregator =
  (allRegions: boolean): Program =>
  (opts) =>
    new aws.cfg.ConfigurationAggregator("a", { organizationAggregationSource: { allRegions, roleArn } }, opts);

const parametersOf = (identifier: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(requiredConfigRules[identifier]!).map(([name, bound]) => [
      name,
      String("is" in bound ? bound.is : "most" in bound ? bound.most : bound.least),
    ]),
  );
const identifiers = Object.keys(requiredConfigRules);
const template = (change: Record<string, Record<string, string>> = {}, left: readonly string[] = identifiers): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      left.map((SourceIdentifier) => [
        SourceIdentifier.replaceAll("_", ""),
        {
          Type: "AWS::Config::ConfigRule",
          Properties: { Source: { Owner: "AWS", SourceIdentifier }, InputParameters: change[SourceIdentifier] ?? parametersOf(SourceIdentifier) },
        },
      ]),
    ),
  });
const pack =
  (templateBody: string): Program =>
  (opts) =>
    new aws.cfg.ConformancePack("p", { templateBody }, opts);

describe("rules for Config", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [recorderRecordsEverything, "accepts everything", recorder(everything, { recordingFrequency: "CONTINUOUS" })],
    ...(["us-west-2", "us-east-1"] as const).map((region): [Policies[number], string, Program, ...string[]] => [
      recorderRecordsEverything,
      `wants what is the same everywhere recorded at home, which ${region} ${region === "us-east-1" ? "is" : "is not"}`,
      (opts) => new aws.cfg.Recorder("r", { region, roleArn, recordingGroup: { allSupported: true, includeGlobalResourceTypes: false } }, opts),
      ...(region === "us-east-1" ? ['Recorder "r" has includeGlobalResourceTypes false; it must be true.'] : []),
    ]),
    [
      recorderRecordsEverything,
      "refuses what Config does unless told otherwise",
      recorder(),
      'Recorder "r" has includeGlobalResourceTypes false; it must be true.',
    ],
    [
      recorderRecordsEverything,
      "refuses some types",
      recorder({ ...everything, allSupported: false }),
      'Recorder "r" has allSupported false; it must be true.',
    ],
    [
      recorderRecordsEverything,
      "refuses exceptions",
      recorder({ ...everything, exclusionByResourceTypes: [{ resourceTypes: ["AWS::IAM::Role"] }] }),
      'Recorder "r" leaves out AWS::IAM::Role; it must leave out nothing.',
    ],
    [
      recorderRecordsEverything,
      "refuses once a day",
      recorder(everything, { recordingFrequency: "DAILY" }),
      'Recorder "r" records DAILY; it must record CONTINUOUS.',
    ],
    [
      recorderRecordsEverything,
      "refuses once a day for some types",
      recorder(everything, { recordingFrequency: "CONTINUOUS", recordingModeOverride: { recordingFrequency: "DAILY", resourceTypes: ["AWS::S3::Bucket"] } }),
      'Recorder "r" records DAILY; it must record CONTINUOUS.',
    ],
    [deliveryIsEncryptedWithCustomerKey, "accepts a key", channel("arn:aws:kms:us-east-1:111111111111:key/1")],
    [deliveryIsEncryptedWithCustomerKey, "refuses none", channel(), 'Delivery channel "c" has no customer-managed key; s3KmsKeyArn must name one.'],
    [
      deliveryGoesToArchive,
      "accepts an archive",
      (opts) => new aws.cfg.DeliveryChannel("c", { s3BucketName: "svp-shared-222222222222-configuration-archive" }, opts),
    ],
    [deliveryGoesToArchive, "refuses another bucket", channel(), 'Delivery channel "c" delivers to archive; it must deliver to svp-*-archive.'],
    [historyOutlivesAuditPeriod, "accepts six years", (opts) => new aws.cfg.RetentionConfiguration("h", { retentionPeriodInDays: 2192 }, opts)],
    [
      historyOutlivesAuditPeriod,
      "refuses less",
      (opts) => new aws.cfg.RetentionConfiguration("h", { retentionPeriodInDays: 30 }, opts),
      'Retention "h" keeps history 30 days; it must keep it 2192.',
    ],
    [accountIsRecorded, "accepts a recorder that is on and delivers", recorded({})],
    [accountIsRecorded, "refuses none", bucket, 'Account "account" has no Config recorder in us-east-1.'],
    [
      accountIsRecorded,
      "refuses a Region that is used and not recorded",
      (opts) => {
        recorded({})(opts);
        new aws.s3.Bucket("copy", { region: "us-west-2" }, opts);
      },
      'Account "account" has no Config recorder in us-west-2.',
    ],
    [
      accountIsRecorded,
      "refuses one that is off",
      recorded({ isEnabled: false }),
      'Account "account" has a Config recorder without a RecorderStatus with isEnabled true in us-east-1.',
    ],
    [
      accountIsRecorded,
      "refuses the status of another",
      recorded({ name: "other" }),
      'Account "account" has a Config recorder without a RecorderStatus with isEnabled true in us-east-1.',
    ],
    [
      accountIsRecorded,
      "refuses one that delivers nowhere",
      recorded({ channel: false }),
      'Account "account" has a Config recorder without a delivery channel in us-east-1.',
    ],
    [accountIsJudgedAllTheTime, "accepts a pack with every rule", pack(template())],
    [accountIsJudgedAllTheTime, "refuses none", bucket, `Account "account" is not judged by ${identifiers.join(", ")}.`],
    [accountIsJudgedAllTheTime, "refuses a pack that it can't read", pack("Resources: {}"), `Account "account" is not judged by ${identifiers.join(", ")}.`],
    [
      accountIsJudgedAllTheTime,
      "refuses a pack with a gap",
      pack(
        template(
          {},
          identifiers.filter((identifier) => identifier !== "SNS_ENCRYPTED_KMS"),
        ),
      ),
      'Account "account" is not judged by SNS_ENCRYPTED_KMS.',
    ],
    [
      accountIsJudgedAllTheTime,
      "accepts a rule of its own in the gap",
      (opts) => {
        pack(
          template(
            {},
            identifiers.filter((identifier) => identifier !== "ACCESS_KEYS_ROTATED"),
          ),
        )(opts);
        new aws.cfg.Rule(
          "r",
          { source: { owner: "AWS", sourceIdentifier: "ACCESS_KEYS_ROTATED" }, inputParameters: JSON.stringify({ maxAccessKeyAge: "30" }) },
          opts,
        );
      },
    ],
    [
      accountIsJudgedAllTheTime,
      "refuses laxer parameters",
      pack(
        template({
          ACCESS_KEYS_ROTATED: { maxAccessKeyAge: "365" },
          CW_LOGGROUP_RETENTION_PERIOD_CHECK: { MinRetentionTime: "30" },
          CLOUDWATCH_ALARM_ACTION_CHECK: { alarmActionRequired: "false" },
          IAM_USER_UNUSED_CREDENTIALS_CHECK: {},
        }),
      ),
      'Account "account" is judged by ACCESS_KEYS_ROTATED with maxAccessKeyAge 365; it must be 90 at most.',
      'Account "account" is judged by CLOUDWATCH_ALARM_ACTION_CHECK with alarmActionRequired false; it must be true.',
      'Account "account" is judged by CW_LOGGROUP_RETENTION_PERIOD_CHECK with MinRetentionTime 30; it must be 365 at least.',
      'Account "account" is judged by IAM_USER_UNUSED_CREDENTIALS_CHECK with maxCredentialUsageAge unset; it must be 45 at most.',
    ],
    [organizationIsAggregated, "accepts all Regions", aggregator(true)],
    [organizationIsAggregated, "refuses some", aggregator(false), "The stack must have an aggregator of the organisation with allRegions true."],
    [organizationIsAggregated, "refuses none", bucket, "The stack must have an aggregator of the organisation with allRegions true."],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("record an account that can't hold patients' data, and judge it no more", async () => {
    const audit: Program = () => {
      const provider = new aws.Provider("audit", {
        region: "us-east-1",
        allowedAccountIds: ["222222222222"],
        defaultTags: { tags: { "data-classification": "audit" } },
      });
      bucket({ provider });
    };
    expect(await applications(accountIsJudgedAllTheTime, audit)).to.equal(0);
    expect(await violations(accountIsRecorded, audit)).to.deep.equal(['Account "audit" has no Config recorder in us-east-1.']);
    expect(await applications(accountIsRecorded, () => new aws.Provider("p", { region: "us-east-1" }))).to.equal(0);
  });

  it("take their settings from the configuration", async () => {
    const short: Program = (opts) => new aws.cfg.RetentionConfiguration("h", { retentionPeriodInDays: 30 }, opts);
    expect(await violations(historyOutlivesAuditPeriod, short, { [historyOutlivesAuditPeriod.name]: { minimumDays: 30 } })).to.deep.equal([]);
    expect(await violations(deliveryGoesToArchive, channel(), { [deliveryGoesToArchive.name]: { buckets: ["archive"] } })).to.deep.equal([]);
    expect(await applications(organizationIsAggregated, bucket, { [organizationIsAggregated.name]: { required: false } })).to.equal(0);
  });

  it("judge nothing where there is nothing of their kind", async () => {
    for (const rule of [recorderRecordsEverything, deliveryGoesToArchive, deliveryIsEncryptedWithCustomerKey, historyOutlivesAuditPeriod])
      expect(await applications(rule, bucket), rule.name).to.equal(0);
  });
});
