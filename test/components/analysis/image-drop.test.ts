import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { ImageDrop } from "../../../components/analysis/image-drop.ts";
import { RealTimeEndpoint } from "../../../components/analysis/real-time-endpoint.ts";
import { MalwareProtection } from "../../../components/security/malware-protection.ts";
import { droppedImageKey, droppedImagesPrefix, imageAnswerKey, imageAnswersPrefix } from "../../../contracts/keys.ts";
import { detector, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const queueArn = "arn:aws:sqs:us-east-1:111111111111:svp-unit-image-drop-queue";
const deadLetterArn = `${queueArn}-dead-letters`;
const ruleArn = "arn:aws:events:us-east-1:111111111111:rule/svp-unit-image-drop";
const bucketArn = "arn:aws:s3:::svp-unit-111111111111-processed";

describe("ImageDrop", () => {
  const make = (isScanned = false) =>
    inAccount((opts) => {
      const { settings, lake } = parts(opts);
      const endpoint = new RealTimeEndpoint(
        "inference",
        { settings, lake, image, network: jobNetwork, instanceType: "ml.m5.large", instances: { minimum: 1, maximum: 1 } },
        opts,
      );
      const scannedBy = new MalwareProtection("image-protection", { place, bucket: lake.processed, prefix: droppedImagesPrefix }, opts);
      new ImageDrop("image-drop", { settings, lake, endpoint, imageModel: detector, ...(isScanned && { scannedBy }) }, opts);
    });
  let stack: Awaited<ReturnType<typeof make>>;
  before(async () => {
    stack = await make();
  });

  it("listens to images that were put, never to answers", () => {
    const pattern = JSON.parse(stack.one(aws.cloudwatch.EventRule, "image-drop-rule").inputs["eventPattern"] as string);
    expect(pattern).to.deep.equal({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: ["svp-unit-111111111111-processed"] },
        object: { key: [{ prefix: droppedImagesPrefix }] },
        reason: ["PutObject", "CompleteMultipartUpload"],
      },
    });
    expect(droppedImageKey("id").startsWith(droppedImagesPrefix)).to.equal(true);
    expect(imageAnswerKey("id").startsWith(droppedImagesPrefix)).to.equal(false);
    expect(stack.one(aws.s3.BucketNotification, "lake-processed-events").inputs).to.deep.include({ eventbridge: true });
    expect(stack.one(aws.cloudwatch.EventTarget, "image-drop-target").inputs).to.deep.include({ arn: queueArn, deadLetterConfig: { arn: deadLetterArn } });
  });

  it("listens to the scan alone where images are scanned", async () => {
    const startsAfter = (deployed: Awaited<ReturnType<typeof make>>) =>
      (deployed.one(aws.lambda.Function, "analyse-infer-dropped-image").inputs["environment"] as { variables: Record<string, string> }).variables[
        "START_AFTER"
      ];
    const scanned = await make(true);
    expect(JSON.parse(scanned.one(aws.cloudwatch.EventRule, "image-drop-rule").inputs["eventPattern"] as string)).to.deep.equal({
      source: ["aws.guardduty"],
      "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
      detail: { s3ObjectDetails: { bucketName: ["svp-unit-111111111111-processed"], objectKey: [{ prefix: droppedImagesPrefix }] } },
    });
    expect([startsAfter(stack), startsAfter(scanned)]).to.deep.equal(["upload", "scan"]);
  });

  it("keeps events in an encrypted queue that the rule alone may fill, and what fails five times in another", () => {
    const key = stack.one(aws.kms.Key, "keys-derived");
    const queue = stack.one(aws.sqs.Queue, "image-drop-queue").inputs;
    expect(queue).to.deep.include({ kmsMasterKeyId: key.outputs["arn"], visibilityTimeoutSeconds: 720 });
    expect(JSON.parse(queue["redrivePolicy"] as string)).to.deep.equal({ deadLetterTargetArn: deadLetterArn, maxReceiveCount: 5 });
    const { RuleSendsEvents } = statements(stack.one(aws.sqs.QueuePolicy, "image-drop-queue-policy").inputs["policy"]);
    expect(RuleSendsEvents.Condition).to.deep.equal({ ArnEquals: { "aws:SourceArn": [ruleArn] } });
    expect(statements(key.inputs["policy"]).EventsUseKey.Condition.ArnEquals).to.deep.equal({ "aws:SourceArn": ruleArn });
  });

  it("tells somebody of images that fail or wait", () => {
    const alarms = stack.ofType(aws.cloudwatch.MetricAlarm).filter(({ name }) => name.startsWith("image-drop"));
    expect(alarms.map(({ name }) => name).sort()).to.deep.equal(["image-drop-queue-dead-letters-alarm", "image-drop-queue-waiting"]);
  });

  it("lets the function read images, write answers, ask the endpoint, and do no more", () => {
    const granted = statements(stack.one(aws.iam.RolePolicy, "analyse-infer-dropped-image-role-policy").inputs["policy"]);
    expect(granted.ReadImages).to.deep.include({ Action: ["s3:GetObjectVersion"], Resource: [`${bucketArn}/${droppedImagesPrefix}*`] });
    expect(granted.WriteAnswers).to.deep.include({ Action: ["s3:PutObject"], Resource: [`${bucketArn}/${imageAnswersPrefix}*`] });
    expect(granted.Predict.Action).to.deep.equal(["sagemaker:InvokeEndpoint"]);
    expect(granted.TakeMessages.Resource).to.deep.equal([queueArn]);
    expect(Object.keys(granted).filter((sid) => /^(s3|sqs|sagemaker):/.test(String(granted[sid]?.Action)))).to.deep.equal([
      "KeepDeadLetters",
      "TakeMessages",
      "ReadImages",
      "WriteAnswers",
      "Predict",
    ]);
  });

  it("hands over a few images at a time, and takes back only those that failed", () => {
    expect(stack.one(aws.lambda.EventSourceMapping, "image-drop-messages").inputs).to.deep.equal({
      eventSourceArn: queueArn,
      functionName: "arn:aws:lambda:us-east-1:111111111111:function:svp-unit-analyse-infer-dropped-image",
      batchSize: 5,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 2 },
    });
  });
});
