import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { AuditAlarms, watchedEvents } from "../../../components/organization/audit-alarms.ts";
import { LogArchive } from "../../../components/organization/log-archive.ts";
import { OrganizationTrail, trailArn } from "../../../components/organization/organization-trail.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { failure } from "../../support/failure.ts";
import { rulesOfParts } from "../../support/pack.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const trail = "arn:aws:cloudtrail:us-east-1:111111111111:trail/svp-unit-trail";
const bucket = "svp-unit-222222222222-trail-archive";
const configBucket = "svp-unit-222222222222-configuration-archive";
const recorded = ["333333333333", "444444444444"];

const archiveIn = (opts: { provider: aws.Provider }, recordedAccountIds: readonly string[] = recorded) =>
  new LogArchive(
    "archive",
    {
      place: { ...place, accountId: "222222222222" },
      removal: "retain",
      managementAccountId: place.accountId,
      trailArn: trailArn(place, "trail"),
      recordedAccountIds,
      accessLogDays: 2192,
    },
    opts,
  );

const make = (opts: { provider: aws.Provider }) => {
  const archive = archiveIn({ provider: new aws.Provider("archive", { region: "us-east-1", allowedAccountIds: ["222222222222"] }) });
  const made = new OrganizationTrail("trail", { place, removal: "retain", archive, logRetentionDays: 2192 }, opts);
  new AuditAlarms("alarms", { place, logGroupName: made.logGroupName, alertTopicArn }, opts);
  return { configuration: archive.bucket, trail: archive.trailBucket, keyArn: archive.keyArn };
};

describe("the audit trail of the organisation", () => {
  let stack: Deployed;
  before(async () => {
    stack = await inAccount(make);
  });

  it("lies in a bucket whose objects nobody can delete or change for six years", () => {
    expect(stack.one(aws.s3.Bucket, "archive-trail").inputs).to.deep.equal({ region: "us-east-1", bucket, forceDestroy: false, objectLockEnabled: true });
    expect(stack.one(aws.s3.Bucket, "archive-trail").protect).to.equal(true);
    expect(stack.one(aws.s3.BucketObjectLockConfiguration, "archive-trail-lock").inputs["rule"]).to.deep.equal({
      defaultRetention: { mode: "COMPLIANCE", days: 2192 },
    });
    expect(stack.one(aws.s3.BucketLogging, "archive-trail-logging").inputs["targetPrefix"]).to.equal("trail-archive/");
  });

  it("has configuration beside it, in a bucket without a default lock, which Config refuses", () => {
    expect(stack.one(aws.s3.Bucket, "archive-configuration").inputs).to.deep.equal({ region: "us-east-1", bucket: configBucket, forceDestroy: false });
    expect(stack.one(aws.s3.Bucket, "archive-configuration").protect).to.equal(true);
    expect(stack.ofType(aws.s3.BucketObjectLockConfiguration)).to.have.length(1);
    expect(stack.outputs).to.deep.equal({ configuration: configBucket, trail: bucket, keyArn: stack.one(aws.kms.Key, "archive-key").outputs["arn"] });
  });

  it("moves to cheaper storage after a quarter, and goes after six years, overwritten or not", () => {
    const rule = (name: string) => (stack.one(aws.s3.BucketLifecycleConfiguration, `${name}-lifecycle`).inputs["rules"] as object[])[0];
    const both = { expiration: { days: 2193 }, transitions: [{ days: 90, storageClass: "GLACIER_IR" }] };
    expect(rule("archive-trail")).to.deep.include({ ...both, noncurrentVersionExpiration: { noncurrentDays: 30 } });
    expect(rule("archive-configuration")).to.deep.include({ ...both, noncurrentVersionExpiration: { noncurrentDays: 2192 } });
  });

  const policyOf = (name: string) => Object.entries(statements(stack.one(aws.s3.BucketPolicy, `${name}-policy`).inputs["policy"]));
  const allowedIn = (name: string) => Object.fromEntries(policyOf(name).filter(([, { Effect }]) => Effect === "Allow"));
  const byTrail = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": trail } } };
  const byConfig = { Effect: "Allow", Principal: { Service: "config.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": recorded } } };

  it("is written by the organisation's trail and by Config of its accounts, each in its own bucket", () => {
    const arn = `arn:aws:s3:::${bucket}`;
    expect(allowedIn("archive-trail")).to.deep.equal({
      TrailFindsBucket: { ...byTrail, Action: ["s3:GetBucketAcl"], Resource: [arn] },
      TrailWrites: {
        ...byTrail,
        Action: ["s3:PutObject"],
        Resource: [`${arn}/cloudtrail/AWSLogs/111111111111/*`, `${arn}/cloudtrail/AWSLogs/o-unit000000/*`],
      },
    });
    const configArn = `arn:aws:s3:::${configBucket}`;
    expect(allowedIn("archive-configuration")).to.deep.equal({
      ConfigFindsBucket: { ...byConfig, Action: ["s3:GetBucketAcl", "s3:ListBucket"], Resource: [configArn] },
      ConfigWrites: { ...byConfig, Action: ["s3:PutObject"], Resource: recorded.map((account) => `${configArn}/config/AWSLogs/${account}/Config/*`) },
    });
  });

  for (const [name, physical] of [
    ["archive-trail", bucket],
    ["archive-configuration", configBucket],
  ] as const) {
    it(`lets nobody else write, nobody delete, and nobody name another key: ${name}`, () => {
      const kind = "s3:x-amz-server-side-encryption-aws-kms-key-id";
      const deny = { Effect: "Deny", Principal: "*", Resource: [`arn:aws:s3:::${physical}/*`] };
      const policy = Object.fromEntries(policyOf(name));
      expect(policy["DenyDeletion"]).to.deep.equal({ ...deny, Action: ["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"] });
      expect(policy["DenyOtherWriters"]).to.deep.equal({
        ...deny,
        Action: ["s3:PutObject"],
        Condition: { BoolIfExists: { "aws:PrincipalIsAWSService": "false" } },
      });
      expect(policy["DenyOtherKey"]).to.deep.equal({
        ...deny,
        Action: ["s3:PutObject"],
        Condition: { Null: { [kind]: "false" }, StringNotEquals: { [kind]: stack.one(aws.kms.Key, "archive-key").outputs["arn"] } },
      });
    });
  }

  it("is encrypted with a key that only the trail and Config use from outside the account", () => {
    const own = ["AccountAdministersKey", "AccountUsesKey", "AccountLetsServicesUseKey"];
    const users = Object.entries(statements(stack.one(aws.kms.Key, "archive-key").inputs["policy"])).filter(([sid]) => !own.includes(sid));
    expect(Object.fromEntries(users)).to.deep.equal({
      TrailUsesKey: { ...byTrail, Action: ["kms:DescribeKey", "kms:GenerateDataKey*"], Resource: ["*"] },
      ConfigUsesKey: { ...byConfig, Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: ["*"] },
    });
  });

  it("satisfies the policy pack", async () => {
    const accounts = [place.accountId, ...recorded];
    const config = { "kms-key-is-closed-to-strangers": { accounts }, "s3-bucket-lets-in-named-principals": { accounts } };
    const { findings } = await evaluatePolicies(rulesOfParts, { project: "svp", stack: "unit", findings: [], ...stack }, config);
    expect(findings).to.deep.equal([]);
  });

  it("needs accounts whose configuration is recorded", async () => {
    const { message } = await failure(inAccount((opts) => void archiveIn(opts, [])));
    expect(message).to.contain('svp:organization:LogArchive "archive": recordedAccountIds must name at least one account.');
  });

  it("parents every child and prefixes its name", () => {
    const children = stack.resources.filter(({ parent }) => /svp:organization:(LogArchive|OrganizationTrail|AuditAlarms)::\w+$/.test(parent ?? ""));
    expect(children.filter(({ name, parent }) => !name.startsWith(parent!.split("::").at(-1)!))).to.deep.equal([]);
    expect(children.map(({ name }) => name)).to.include.members(["archive-key", "archive-access-logs", "archive-trail", "archive-configuration", "trail-log"]);
  });

  it("is at hand in a log group that no deployment deletes", () => expect(stack.one(aws.cloudwatch.LogGroup, "trail-log").protect).to.equal(true));

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
    const selectors = advancedEventSelectors as { fieldSelectors: { field: string; equals?: string[] }[] }[];
    expect(selectors.map(({ fieldSelectors }) => fieldSelectors.flatMap(({ equals = [] }) => equals).join(" "))).to.deep.equal([
      "Management",
      "Data AWS::DynamoDB::Table",
      "Data AWS::Lambda::Function",
      "Data AWS::S3::Object",
      "Data AWS::SageMaker::Endpoint",
      "Data AWS::SageMaker::ExperimentTrialComponent",
      "Data AWS::SageMaker::FeatureGroup",
    ]);
    expect(selectors.flatMap(({ fieldSelectors }) => fieldSelectors.filter(({ field }) => field === "resources.ARN"))).to.deep.equal([
      { field: "resources.ARN", notStartsWiths: [`arn:aws:s3:::${bucket}/`] },
    ]);
    const trusted = stack.one(aws.organizations.AwsServiceAccess, "trail-trust");
    expect(trusted.inputs).to.deep.equal({ servicePrincipal: "cloudtrail.amazonaws.com" });
    expect(stack.one(aws.cloudtrail.Trail, "trail").dependencies).to.include(trusted.urn);
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
