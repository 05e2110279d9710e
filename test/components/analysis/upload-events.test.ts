import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { CaseAnalysis } from "../../../components/analysis/case-analysis.ts";
import { UploadEvents } from "../../../components/analysis/upload-events.ts";
import { MalwareProtection } from "../../../components/security/malware-protection.ts";
import { failure } from "../../support/failure.ts";
import { admission, catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const queueArn = "arn:aws:sqs:us-east-1:111111111111:svp-unit-upload-events-queue";
const deadLetterArn = `${queueArn}-dead-letters`;
const ruleArn = "arn:aws:events:us-east-1:111111111111:rule/svp-unit-upload-events";

describe("UploadEvents", () => {
  const make = (isScanned = false, retrySeconds = 60) =>
    inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      const analysis = new CaseAnalysis(
        "case-analysis",
        {
          settings,
          keys,
          lake,
          table,
          catalogue,
          image,
          network: jobNetwork,
          rekognition: { enabled: true, labels: false, pollSeconds: 45, optOutPolicyId: "p-optout0000" },
          analysesAtOnce: 4,
          scanned: false,
          pipelineVersion: "1",
        },
        opts,
      );
      const scannedBy = new MalwareProtection("malware-protection", { place, bucket: lake.raw, prefix: "raw-videos/" }, opts);
      new UploadEvents(
        "upload-events",
        {
          ...{ settings, raw: lake.raw, analysis, table, retrySeconds, pipelineVersion: "1" },
          admission: admission(settings, keys, analysis, opts),
          ...(isScanned && { scannedBy }),
        },
        opts,
      );
    });
  let stack: Awaited<ReturnType<typeof make>>;
  before(async () => {
    stack = await make();
  });

  it("listens to finished uploads of source videos only", () => {
    expect(JSON.parse(stack.one(aws.cloudwatch.EventRule, "upload-events-rule").inputs["eventPattern"] as string)).to.deep.equal({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: ["svp-unit-111111111111-raw"] },
        object: { key: [{ prefix: "raw-videos/" }] },
        reason: ["PutObject", "CompleteMultipartUpload"],
      },
    });
    expect(stack.one(aws.cloudwatch.EventTarget, "upload-events-target").inputs).to.deep.include({ arn: queueArn, deadLetterConfig: { arn: deadLetterArn } });
  });

  it("keeps events in an encrypted queue, and what fails five times in another", () => {
    const keyArn = stack.one(aws.kms.Key, "keys-raw").outputs["arn"];
    const queue = stack.one(aws.sqs.Queue, "upload-events-queue").inputs;
    expect(queue).to.deep.include({ name: "svp-unit-upload-events-queue", kmsMasterKeyId: keyArn, visibilityTimeoutSeconds: 180 });
    expect(JSON.parse(queue["redrivePolicy"] as string)).to.deep.equal({ deadLetterTargetArn: deadLetterArn, maxReceiveCount: 5 });
    const deadLetters = stack.one(aws.sqs.Queue, "upload-events-queue-dead-letters").inputs;
    expect(deadLetters).to.deep.include({ kmsMasterKeyId: keyArn, messageRetentionSeconds: 1_209_600 });
    expect(JSON.parse(deadLetters["redriveAllowPolicy"] as string)).to.deep.equal({ redrivePermission: "byQueue", sourceQueueArns: [queueArn] });
  });

  it("lets the rule alone send, over TLS", () => {
    for (const [name, arn] of [
      ["upload-events-queue-policy", queueArn],
      ["upload-events-queue-dead-letters-policy", deadLetterArn],
    ] as const) {
      expect(statements(stack.one(aws.sqs.QueuePolicy, name).inputs["policy"])).to.deep.equal({
        DenyPlainHttp: { Effect: "Deny", Principal: "*", Action: ["sqs:*"], Resource: [arn], Condition: { Bool: { "aws:SecureTransport": "false" } } },
        RuleSendsEvents: {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: ["sqs:SendMessage"],
          Resource: [arn],
          Condition: { ArnEquals: { "aws:SourceArn": [ruleArn] } },
        },
      });
    }
    const { EventsUseKey } = statements(stack.one(aws.kms.Key, "keys-raw").inputs["policy"]);
    expect(EventsUseKey.Condition.ArnEquals).to.deep.equal({ "aws:SourceArn": ruleArn });
  });

  it("hands messages to start-analysis, a few at a time, and takes back only those that failed", () => {
    expect(stack.one(aws.lambda.EventSourceMapping, "upload-events-messages").inputs).to.deep.equal({
      eventSourceArn: queueArn,
      functionName: "arn:aws:lambda:us-east-1:111111111111:function:svp-unit-ingest-start-analysis",
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 5 },
    });
    const { StartAnalysis, TakeMessages, TakeMessagesKey } = statements(stack.one(aws.iam.RolePolicy, "ingest-start-analysis-role-policy").inputs["policy"]);
    expect(StartAnalysis.Resource).to.deep.equal(["arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-case-analysis"]);
    expect(TakeMessages.Resource).to.deep.equal([queueArn]);
    expect(TakeMessagesKey.Condition).to.deep.equal({ StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } });
  });

  it("lets uploads wait for a lease in the queue, as often as it takes, and lets the function do no more", () => {
    const environment = stack.one(aws.lambda.Function, "ingest-start-analysis").inputs["environment"] as { variables: object };
    expect(environment.variables).to.deep.include({
      START_AFTER: "upload",
      LEASE_TABLE: "svp-unit-admission-leases",
      INTERACTIVE_LEASES: "6",
      RETRY_SECONDS: "60",
    });
    expect(stack.one(aws.lambda.FunctionRecursionConfig, "upload-events-waiting").inputs).to.deep.equal({
      functionName: "svp-unit-ingest-start-analysis",
      recursiveLoop: "Allow",
    });
    const granted = statements(stack.one(aws.iam.RolePolicy, "ingest-start-analysis-role-policy").inputs["policy"]);
    expect(granted.DeferMessages).to.deep.include({ Action: ["sqs:SendMessage"], Resource: [queueArn] });
    expect(granted.TakeLeases.Action).to.deep.equal(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]);
    expect(granted).to.not.have.any.keys("SeeVideo", "RefuseVideo");
  });

  it("tells people of an upload that has waited for hours", () => {
    expect(stack.one(aws.cloudwatch.MetricAlarm, "upload-events-held-back").inputs).to.deep.include({
      name: "svp-unit-upload-events-held-back",
      alarmDescription: "An upload has waited for its analysis for more than 6 hours.",
      namespace: "SurgicalVideoPlatform",
      metricName: "HeldBackSeconds",
      statistic: "Maximum",
      threshold: 21_600,
      treatMissingData: "notBreaching",
      alarmActions: ["arn:aws:sns:us-east-1:111111111111:svp-unit-alerts"],
    });
  });

  it("starts after the scan alone where uploads are scanned, and may then end a case", async () => {
    const scanned = await make(true);
    const rules = scanned.ofType(aws.cloudwatch.EventRule).map(({ inputs }) => JSON.parse(inputs["eventPattern"] as string) as { source: string[] });
    expect(rules.flatMap(({ source }) => source).sort()).to.deep.equal(["aws.guardduty", "aws.states", "aws.states"]);
    expect(JSON.parse(scanned.one(aws.cloudwatch.EventRule, "upload-events-rule").inputs["eventPattern"] as string)).to.deep.equal({
      source: ["aws.guardduty"],
      "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
      detail: { s3ObjectDetails: { bucketName: ["svp-unit-111111111111-raw"], objectKey: [{ prefix: "raw-videos/" }] } },
    });
    const environment = scanned.one(aws.lambda.Function, "ingest-start-analysis").inputs["environment"] as { variables: object };
    expect(environment.variables).to.include({ START_AFTER: "scan" });
    const granted = statements(scanned.one(aws.iam.RolePolicy, "ingest-start-analysis-role-policy").inputs["policy"]);
    expect(granted.SeeVideo).to.deep.include({ Action: ["s3:ListBucketVersions"], Condition: { StringLike: { "s3:prefix": "raw-videos/*" } } });
    expect(granted.RefuseVideo.Action).to.deep.equal(["dynamodb:UpdateItem"]);
  });

  it("waits no longer than a queue can delay", async () => {
    for (const seconds of [0, 901, 1.5]) expect((await failure(make(false, seconds))).message).to.include(`retrySeconds must be 1 to 900, not ${seconds}.`);
  });
});
