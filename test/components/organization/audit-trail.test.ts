import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { AuditAlarms, watchedEvents } from "../../../components/organization/audit-alarms.ts";
import { LogArchive } from "../../../components/organization/log-archive.ts";
import { OrganizationTrail, trailArn } from "../../../components/organization/organization-trail.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const trail = "arn:aws:cloudtrail:us-east-1:111111111111:trail/svp-unit-trail";
const bucket = "svp-unit-222222222222-log-archive";
const recorded = ["333333333333", "444444444444"];

describe("the audit trail of the organisation", () => {
  let stack: Deployed;
  before(async () => {
    stack = await inAccount((opts) => {
      const archive = new LogArchive(
        "archive",
        {
          place: { ...place, accountId: "222222222222" },
          removal: "retain",
          managementAccountId: place.accountId,
          trailArn: trailArn(place, "trail"),
          recordedAccountIds: recorded,
          accessLogDays: 2192,
        },
        opts,
      );
      const made = new OrganizationTrail("trail", { place, removal: "retain", archive, logRetentionDays: 2192 }, opts);
      new AuditAlarms("alarms", { place, logGroupName: made.logGroupName, alertTopicArn }, opts);
    });
  });

  it("lies in a bucket whose objects nobody can delete or change for six years", () => {
    expect(stack.one(aws.s3.Bucket, "archive").inputs).to.deep.equal({ region: "us-east-1", bucket, forceDestroy: false, objectLockEnabled: true });
    expect(stack.one(aws.s3.Bucket, "archive").protect).to.equal(true);
    expect(stack.one(aws.s3.BucketObjectLockConfiguration, "archive-lock").inputs["rule"]).to.deep.equal({
      defaultRetention: { mode: "COMPLIANCE", days: 2192 },
    });
    const [rule] = stack.one(aws.s3.BucketLifecycleConfiguration, "archive-lifecycle").inputs["rules"] as { expiration: object; transitions: object[] }[];
    expect(rule?.expiration).to.deep.equal({ days: 2193 });
    expect(rule?.transitions).to.deep.equal([{ days: 90, storageClass: "GLACIER_IR" }]);
    expect(stack.one(aws.s3.BucketLogging, "archive-logging").inputs["targetPrefix"]).to.equal("log-archive/");
  });

  it("is written by the organisation's trail and by Config of its accounts, and by nobody else", () => {
    const allowed = Object.entries(statements(stack.one(aws.s3.BucketPolicy, "archive-policy").inputs["policy"])).filter(
      ([, { Effect }]) => Effect === "Allow",
    );
    const arn = `arn:aws:s3:::${bucket}`;
    const byTrail = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": trail } } };
    const byConfig = { Effect: "Allow", Principal: { Service: "config.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": recorded } } };
    expect(Object.fromEntries(allowed)).to.deep.equal({
      TrailFindsBucket: { ...byTrail, Action: ["s3:GetBucketAcl"], Resource: [arn] },
      TrailWrites: {
        ...byTrail,
        Action: ["s3:PutObject"],
        Resource: [`${arn}/cloudtrail/AWSLogs/111111111111/*`, `${arn}/cloudtrail/AWSLogs/o-unit000000/*`],
      },
      ConfigFindsBucket: { ...byConfig, Action: ["s3:GetBucketAcl", "s3:ListBucket"], Resource: [arn] },
      ConfigWrites: { ...byConfig, Action: ["s3:PutObject"], Resource: recorded.map((account) => `${arn}/config/AWSLogs/${account}/Config/*`) },
    });
    const key = statements(stack.one(aws.kms.Key, "archive-key").inputs["policy"]);
    expect(key["TrailUsesKey"].Condition.StringEquals).to.deep.equal({ "aws:SourceArn": trail });
    expect(key["ConfigUsesKey"].Condition).to.deep.equal({ StringEquals: { "aws:SourceAccount": recorded } });
  });

  it("records all administration, and every use of what holds or works on data, in every Region, checked and sealed", () => {
    const { advancedEventSelectors, ...inputs } = stack.one(aws.cloudtrail.Trail, "trail").inputs;
    expect(inputs).to.deep.equal({
      name: "svp-unit-trail",
      s3BucketName: bucket,
      s3KeyPrefix: "cloudtrail",
      kmsKeyId: stack.one(aws.kms.Key, "archive-key").outputs["arn"],
      isOrganizationTrail: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      enableLogging: true,
      cloudWatchLogsGroupArn: "arn:aws:logs:us-east-1:111111111111:log-group:/aws/cloudtrail/svp-unit-trail:*",
      cloudWatchLogsRoleArn: "arn:aws:iam::111111111111:role/svp-unit-trail-role",
    });
    const recordedTypes = (advancedEventSelectors as { fieldSelectors: { field: string; equals: string[] }[] }[]).map(({ fieldSelectors }) =>
      fieldSelectors.map(({ equals }) => equals[0]).join(" "),
    );
    expect(recordedTypes).to.deep.equal([
      "Management",
      "Data AWS::DynamoDB::Table",
      "Data AWS::Lambda::Function",
      "Data AWS::S3::Object",
      "Data AWS::SageMaker::Endpoint",
      "Data AWS::SageMaker::ExperimentTrialComponent",
      "Data AWS::SageMaker::FeatureGroup",
    ]);
    const { WriteLog } = statements(stack.one(aws.iam.RolePolicy, "trail-role-policy").inputs["policy"]);
    expect(WriteLog.Resource).to.deep.equal(["arn:aws:logs:us-east-1:111111111111:log-group:/aws/cloudtrail/svp-unit-trail:log-stream:*"]);
  });

  it("raises an alarm for each of the fifteen kinds of events that the CIS benchmark names", () => {
    const names = Object.keys(watchedEvents);
    expect(names).to.have.length(15);
    for (const name of names) {
      expect(stack.one(aws.cloudwatch.LogMetricFilter, `alarms-${name}-filter`).inputs).to.deep.equal({
        name: `svp-unit-${name}`,
        logGroupName: "/aws/cloudtrail/svp-unit-trail",
        pattern: watchedEvents[name]?.pattern,
        metricTransformation: { namespace: "svp/audit", name, value: "1", defaultValue: "0" },
      });
      expect(stack.one(aws.cloudwatch.MetricAlarm, `alarms-${name}`).inputs).to.deep.include({
        namespace: "svp/audit",
        metricName: name,
        threshold: 1,
        alarmActions: [alertTopicArn],
      });
    }
    expect(watchedEvents["key-disabled"]?.pattern).to.equal(
      "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }",
    );
    // CloudWatch Logs takes patterns of 1024 characters at most.
    for (const { pattern } of Object.values(watchedEvents)) expect(pattern.length).to.be.at.most(1024);
  });
});
