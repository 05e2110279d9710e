import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { createIam } from "../../../../local/services/iam/iam.ts";
import { createSqs, type QueueSettings, type Sqs } from "../../../../local/services/sqs/index.ts";
import { startWire, type Wire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";

const place = { region: "us-east-1", accountId: "000000000000" };
const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/main";
const settings = (rest: Partial<QueueSettings> = {}): QueueSettings => ({
  arn: arn("main"),
  name: "main",
  visibilityTimeoutSeconds: 30,
  redrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead"), maxReceiveCount: 2 }),
  ...rest,
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("SQS", () => {
  const iam = createIam();
  let dir: string;
  let sqs: Sqs;
  let wire: Wire;
  let client: SQSClient;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "sqs-"));
    sqs = createSqs({ dir, ...place, authorizer: iam });
    sqs.putQueue({ arn: arn("dead"), name: "dead" });
    sqs.putQueue(settings());
    wire = await startWire({ iam, services: [sqs.service], log: () => undefined });
    client = new SQSClient({ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.administrator.credentials, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    sqs.close();
    await wire.close();
    rmSync(dir, { recursive: true });
  });
  const send = (MessageBody: string, rest: object = {}) => client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...rest }));
  const receive = async (rest: object = {}) => (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...rest }))).Messages ?? [];
  const counts = async (url = QueueUrl) => {
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"] as const;
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }));
    return AttributeNames.map((name) => Number(Attributes![name]));
  };

  it("hands a message to one receiver, hides it, and forgets it once deleted", async () => {
    await send("hello");
    const [message, ...more] = await receive({ MessageSystemAttributeNames: ["ApproximateReceiveCount", "SenderId"] });
    expect(more).to.deep.equal([]);
    expect(message).to.deep.include({ Body: "hello", Attributes: { ApproximateReceiveCount: "1", SenderId: iam.administrator.caller.arn } });
    expect(await receive()).to.deep.equal([]);
    expect(await counts()).to.deep.equal([0, 1, 0]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message!.ReceiptHandle! }));
    expect(await counts()).to.deep.equal([0, 0, 0]);
  });

  it("shows a message again when its visibility ends, and then only the newest receipt deletes it", async () => {
    await send("again");
    const [first] = await receive();
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first!.ReceiptHandle!, VisibilityTimeout: 0 }));
    const [second] = await receive({ MessageSystemAttributeNames: ["All"] });
    expect(second!.MessageId).to.equal(first!.MessageId);
    expect(second!.Attributes).to.include({ ApproximateReceiveCount: "2" });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first!.ReceiptHandle! }));
    expect(await counts()).to.deep.equal([0, 1, 0]);
    expect(await failure(client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first!.ReceiptHandle!, VisibilityTimeout: 0 })))).to.include(
      { name: "MessageNotInflight" },
    );
  });

  it("moves a message that was received too often to the dead-letter queue", async () => {
    await send("poison");
    for (let i = 0; i < 2; i++) expect(await receive({ VisibilityTimeout: 0 })).to.have.length(1);
    expect(await receive()).to.deep.equal([]);
    const dead = QueueUrl.replace("main", "dead");
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: dead, MessageSystemAttributeNames: ["All"] }));
    expect(Messages![0]).to.deep.include({ Body: "poison" });
    expect(Messages![0]!.Attributes).to.include({ DeadLetterQueueSourceArn: arn("main"), ApproximateReceiveCount: "1" });
  });

  it("keeps a delayed message back, and wakes a waiting receiver when it is due or when one arrives", async () => {
    await send("later", { DelaySeconds: 1 });
    expect(await counts()).to.deep.equal([0, 0, 1]);
    expect(await receive()).to.deep.equal([]);
    expect((await receive({ WaitTimeSeconds: 10 })).map(({ Body }) => Body)).to.deep.equal(["later"]);
    const waiting = receive({ WaitTimeSeconds: 10 });
    await pause(50);
    await send("now");
    expect((await waiting).map(({ Body }) => Body)).to.deep.equal(["now"]);
  });

  it("takes and deletes batches, telling each entry's fate", async () => {
    const Entries = [
      { Id: "a", MessageBody: "A" },
      { Id: "b", MessageBody: "B", DelaySeconds: 901 },
    ];
    const { Successful, Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Successful!.map(({ Id }) => Id)).to.deep.equal(["a"]);
    expect(Failed).to.deep.equal([
      {
        Id: "b",
        Code: "InvalidParameterValue",
        Message: "Value 901 for parameter DelaySeconds is invalid. Reason: it must be a whole number from 0 to 900.",
        SenderFault: true,
      },
    ]);
    const [message] = await receive();
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "1", ReceiptHandle: message!.ReceiptHandle! },
          { Id: "2", ReceiptHandle: "nonsense" },
        ],
      }),
    );
    expect([deleted.Successful!.map(({ Id }) => Id), deleted.Failed!.map(({ Code }) => Code)]).to.deep.equal([["1"], ["ReceiptHandleIsInvalid"]]);
    expect(await failure(client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] })))).to.include({ name: "EmptyBatchRequest" });
    const twins = [Entries[0]!, Entries[0]!];
    expect(await failure(client.send(new SendMessageBatchCommand({ QueueUrl, Entries: twins })))).to.include({ name: "BatchEntryIdsNotDistinct" });
  });

  it("keeps its messages through a restart, and settings put twice", async () => {
    await send("kept");
    const [before] = await receive({ VisibilityTimeout: 0 });
    sqs.close();
    sqs = createSqs({ dir, ...place, authorizer: iam });
    sqs.putQueue({ arn: arn("dead"), name: "dead" });
    sqs.putQueue(settings());
    const [after] = await sqs.receive(iam.administrator.caller, arn("main"), 10, new AbortController().signal);
    expect(after).to.include({ id: before!.MessageId, body: "kept", received: 2 });
  });

  it("tells a queue's settings and address", async () => {
    expect((await client.send(new GetQueueUrlCommand({ QueueName: "main" }))).QueueUrl).to.equal(QueueUrl);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn", "VisibilityTimeout", "RedrivePolicy", "KmsMasterKeyId"] }),
    );
    expect(Attributes).to.deep.equal({
      QueueArn: arn("main"),
      VisibilityTimeout: "30",
      RedrivePolicy: `{"deadLetterTargetArn":"${arn("dead")}","maxReceiveCount":2}`,
    });
  });

  it("refuses what it does not know or implement", async () => {
    expect(await failure(client.send(new GetQueueUrlCommand({ QueueName: "none" })))).to.include({ name: "QueueDoesNotExist" });
    expect(await failure(client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy"] })))).to.include({ name: "NotImplemented" });
    const attributes = { a: { DataType: "String", StringValue: "1" } };
    expect((await failure(send("x", { MessageAttributes: attributes }))).message).to.equal(
      "The local cloud does not implement MessageAttributes of SendMessage.",
    );
    expect(await failure(send("x".repeat(262_145)))).to.include({ name: "InvalidParameterValue" });
    expect(() => sqs.putQueue(settings({ fifoQueue: true }))).to.throw("Queue main: the local cloud does not implement FIFO queues.");
    expect(() => sqs.putQueue(settings({ policy: "{}" }))).to.throw("Queue main has a policy of its own; declare it as a QueuePolicy.");
  });

  it("lets a service send only if the queue's policy and its key's allow it for that source", async () => {
    const rule = "arn:aws:events:us-east-1:000000000000:rule/uploads";
    const events = { arn: "events.amazonaws.com" };
    const key = "arn:aws:kms:us-east-1:000000000000:key/k";
    sqs.putQueue(settings({ kmsMasterKeyId: key }));
    const from = (source: string) => sqs.send(events, arn("main"), "event", { "aws:SourceArn": source });
    expect((await failure(from(rule))).message).to.contain("events.amazonaws.com is not authorized to perform sqs:SendMessage");
    iam.putResourcePolicy(arn("main"), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arn("main"),
          Condition: { ArnEquals: { "aws:SourceArn": rule } },
        },
      ],
    });
    expect((await failure(from(rule))).message).to.contain("kms:GenerateDataKey");
    const grant = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: "*" };
    iam.putResourcePolicy(key, { Version: "2012-10-17", Statement: [grant] });
    await from(rule);
    expect(await counts()).to.deep.equal([1, 0, 0]);
    expect((await failure(from(`${rule}2`))).message).to.contain("sqs:SendMessage");
  });

  describe("gives dead letters back", () => {
    const deadUrl = QueueUrl.replace("main", "dead");
    const moves = async () => (await client.send(new ListMessageMoveTasksCommand({ SourceArn: arn("dead") }))).Results ?? [];
    /** Lets a message fail as often as its queue allows, so that it is a dead letter. */
    const die = async (body: string) => {
      await send(body);
      for (let delivery = 0; delivery < 3; delivery++) {
        for (const { ReceiptHandle } of await receive())
          await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: ReceiptHandle!, VisibilityTimeout: 0 }));
      }
      expect(await counts(deadUrl)).to.deep.equal([1, 0, 0]);
    };

    it("to the queue that they came from, as new messages", async () => {
      await die("poison");
      const { TaskHandle } = await client.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead") }));
      expect(TaskHandle).to.be.a("string");
      expect(await counts(deadUrl)).to.deep.equal([0, 0, 0]);
      const [message] = await receive({ MessageSystemAttributeNames: ["All"] });
      expect(message).to.deep.include({ Body: "poison" });
      expect(message!.Attributes).to.include({ ApproximateReceiveCount: "1" }).and.not.have.property("DeadLetterQueueSourceArn");
      const [task, ...more] = await moves();
      expect(more).to.deep.equal([]);
      expect(task).to.deep.include({ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 });
    });

    it("only to a named queue where they came from none", async () => {
      await client.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody: "from a rule" }));
      await client.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead") }));
      expect((await moves())[0]).to.deep.include({ Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource", ApproximateNumberOfMessagesMoved: 0 });
      expect(await counts(deadUrl)).to.deep.equal([1, 0, 0]);
      await client.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead"), DestinationArn: arn("main") }));
      expect((await moves())[0]).to.deep.include({ Status: "COMPLETED", DestinationArn: arn("main"), ApproximateNumberOfMessagesMoved: 1 });
      expect((await receive()).map(({ Body }) => Body)).to.deep.equal(["from a rule"]);
    });

    it("out of a dead-letter queue only, and at no speed of one's own", async () => {
      const refusal = async (input: object) => (await failure(client.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead"), ...input })))).message;
      expect(await refusal({ SourceArn: arn("main") })).to.equal("Source queue must be configured as a Dead Letter Queue.");
      expect(await refusal({ DestinationArn: arn("nowhere") })).to.include("does not exist");
      expect(await refusal({ MaxNumberOfMessagesPerSecond: 5 })).to.include("does not implement MaxNumberOfMessagesPerSecond");
    });
  });
});
