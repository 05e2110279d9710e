import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { DeadLetterQueue } from "../../../components/compute/dead-letter-queue.ts";
import { EncryptedQueue } from "../../../components/compute/encrypted-queue.ts";
import { WorkQueue } from "../../../components/compute/work-queue.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import type { ResourceStatement } from "../../../components/security/policy.ts";
import { failure } from "../../support/failure.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const keyOf = (opts: { provider: aws.Provider }): EncryptionKey => new EncryptionKey("key", { place, removal: "retain", description: "Messages" }, opts);
const arnOf = (name: string): string => `arn:aws:sqs:us-east-1:111111111111:svp-unit-${name}`;
const ruleSends = (queueArn: string): ResourceStatement[] => [
  { Sid: "RuleSends", Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: ["sqs:SendMessage"], Resource: [queueArn] },
];

describe("EncryptedQueue", () => {
  it("encrypts what it holds, and refuses plain HTTP", async () => {
    const stack = await inAccount((opts) => void new EncryptedQueue("work", { place, key: keyOf(opts), retentionDays: 4 }, opts));
    expect(stack.one(aws.sqs.Queue, "work").inputs).to.deep.equal({
      name: "svp-unit-work",
      kmsMasterKeyId: stack.one(aws.kms.Key, "key").outputs["arn"],
      kmsDataKeyReusePeriodSeconds: 300,
      messageRetentionSeconds: 345_600,
      visibilityTimeoutSeconds: 30,
    });
    expect(statements(stack.one(aws.sqs.QueuePolicy, "work-policy").inputs["policy"])).to.deep.equal({
      DenyPlainHttp: { Effect: "Deny", Principal: "*", Action: ["sqs:*"], Resource: [arnOf("work")], Condition: { Bool: { "aws:SecureTransport": "false" } } },
    });
  });

  it("grants sending and taking apart, each with the key through SQS only", async () => {
    const stack = await inAccount((opts) => {
      const queue = new EncryptedQueue("work", { place, key: keyOf(opts), retentionDays: 4 }, opts);
      return { send: queue.allowSend("Send"), take: queue.allowTake("Take") };
    });
    const key = (Sid: string, Action: string[]) => ({
      Sid,
      Effect: "Allow",
      Action,
      Resource: [stack.one(aws.kms.Key, "key").outputs["arn"]],
      Condition: { StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } },
    });
    expect(stack.outputs).to.deep.equal({
      send: [{ Sid: "Send", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [arnOf("work")] }, key("SendKey", ["kms:Decrypt", "kms:GenerateDataKey"])],
      take: [
        { Sid: "Take", Effect: "Allow", Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], Resource: [arnOf("work")] },
        key("TakeKey", ["kms:Decrypt"]),
      ],
    });
  });

  it("refuses to keep messages longer than SQS can", async () => {
    const { message } = await failure(inAccount((opts) => void new EncryptedQueue("work", { place, key: keyOf(opts), retentionDays: 15 }, opts)));
    expect(message).to.contain('svp:compute:EncryptedQueue "work": retentionDays must be 1 to 14, not 15.');
  });
});

describe("DeadLetterQueue", () => {
  it("keeps messages for two weeks and tells of the first", async () => {
    const stack = await inAccount((opts) => void new DeadLetterQueue("lost", { place, key: keyOf(opts), alertTopicArn }, opts));
    const queue = stack.one(aws.sqs.Queue, "lost").inputs;
    expect(queue).to.include({ messageRetentionSeconds: 1_209_600 });
    expect(queue).not.to.have.property("redriveAllowPolicy");
    expect(stack.one(aws.cloudwatch.MetricAlarm, "lost-alarm").inputs).to.deep.include({
      name: "svp-unit-lost-not-empty",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "svp-unit-lost" },
      threshold: 0,
      comparisonOperator: "GreaterThanThreshold",
      alarmActions: [alertTopicArn],
    });
  });
});

describe("WorkQueue", () => {
  it("gives a message up after its deliveries, to a queue that takes from no other", async () => {
    const stack = await inAccount(
      (opts) =>
        void new WorkQueue(
          "work",
          { place, key: keyOf(opts), alertTopicArn, consumerTimeoutSeconds: 30, deliveries: 5, longestWaitMinutes: 15, senders: ruleSends },
          opts,
        ),
    );
    const queue = stack.one(aws.sqs.Queue, "work").inputs;
    expect(queue["visibilityTimeoutSeconds"]).to.equal(180);
    expect(JSON.parse(queue["redrivePolicy"] as string)).to.deep.equal({ deadLetterTargetArn: arnOf("work-dead-letters"), maxReceiveCount: 5 });
    expect(JSON.parse(stack.one(aws.sqs.Queue, "work-dead-letters").inputs["redriveAllowPolicy"] as string)).to.deep.equal({
      redrivePermission: "byQueue",
      sourceQueueArns: [arnOf("work")],
    });
    for (const name of ["work", "work-dead-letters"]) {
      expect(statements(stack.one(aws.sqs.QueuePolicy, `${name}-policy`).inputs["policy"])["RuleSends"].Resource).to.deep.equal([arnOf(name)]);
    }
    expect(stack.one(aws.cloudwatch.MetricAlarm, "work-waiting").inputs).to.deep.include({
      metricName: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: "svp-unit-work" },
      threshold: 900,
    });
  });
});
