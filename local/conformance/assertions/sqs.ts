import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { type Assertion, errorOf, pause } from "../assertion.ts";

const send = (sqs: SQSClient, QueueUrl: string, MessageBody: string, more: object = {}) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (sqs: SQSClient, QueueUrl: string, more: object = {}) =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"], ...more }))).Messages ?? [];

const assertions: Omit<Assertion, "service">[] = [
  {
    id: "sqs-hidden-while-in-flight",
    says: "A message that was received is hidden from others, and comes again, counted, when its time is up.",
    source: "SQS Developer Guide, Visibility timeout",
    expected: ["1", 0, "2"],
    async observe({ sqs, queue }) {
      const { url } = await queue({ visibilitySeconds: 1 });
      await send(sqs, url, "m");
      const [first] = await receive(sqs, url);
      const hidden = await receive(sqs, url);
      await pause(1200);
      const [again] = await receive(sqs, url, { WaitTimeSeconds: 2 });
      return [first?.Attributes?.ApproximateReceiveCount, hidden.length, again?.Attributes?.ApproximateReceiveCount];
    },
  },
  {
    id: "sqs-visibility-zero",
    says: "Changing the visibility to nothing shows the message again at once.",
    source: "SQS API Reference, ChangeMessageVisibility",
    expected: "2",
    async observe({ sqs, queue }) {
      const { url } = await queue();
      await send(sqs, url, "m");
      const [first] = await receive(sqs, url);
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }));
      const [again] = await receive(sqs, url, { WaitTimeSeconds: 2 });
      return again?.Attributes?.ApproximateReceiveCount;
    },
  },
  {
    id: "sqs-delete",
    says: "A message that was deleted does not come again; deleting it twice succeeds.",
    source: "SQS API Reference, DeleteMessage",
    expected: ["no error", 0],
    async observe({ sqs, queue }) {
      const { url } = await queue({ visibilitySeconds: 1 });
      await send(sqs, url, "m");
      const [first] = await receive(sqs, url);
      const remove = () => sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
      await remove();
      const twice = await errorOf(remove());
      await pause(1200);
      return [twice, (await receive(sqs, url)).length];
    },
  },
  {
    id: "sqs-dead-letters",
    says: "A message that was received as often as it may be goes to the dead-letter queue at the next receive, and keeps its id.",
    source: "SQS Developer Guide, Using dead-letter queues",
    expected: [["1", "2"], 0, true, "m"],
    async observe({ sqs, queue }) {
      const { url, deadLetterUrl } = await queue({ mostReceives: 2 });
      const { MessageId } = await send(sqs, url, "m");
      const counts: unknown[] = [];
      for (let i = 0; i < 2; i++)
        for (const { Attributes } of await receive(sqs, url, { VisibilityTimeout: 0 })) counts.push(Attributes?.ApproximateReceiveCount);
      const after = await receive(sqs, url);
      const [letter] = await receive(sqs, deadLetterUrl, { WaitTimeSeconds: 2 });
      return [counts, after.length, letter?.MessageId === MessageId, letter?.Body];
    },
  },
  {
    id: "sqs-delay",
    says: "A message that was sent with a delay is not there before.",
    source: "SQS Developer Guide, Message timers",
    expected: [0, 1],
    async observe({ sqs, queue }) {
      const { url } = await queue();
      await send(sqs, url, "m", { DelaySeconds: 1 });
      return [(await receive(sqs, url)).length, (await receive(sqs, url, { WaitTimeSeconds: 5 })).length];
    },
  },
  {
    id: "sqs-long-polling",
    says: "A receive that waits ends as soon as a message comes.",
    source: "SQS Developer Guide, Short and long polling",
    expected: ["m"],
    async observe({ sqs, queue }) {
      const { url } = await queue();
      const waiting = receive(sqs, url, { WaitTimeSeconds: 10 });
      await pause(100);
      await send(sqs, url, "m");
      return (await waiting).map(({ Body }) => Body);
    },
  },
  {
    id: "sqs-batch",
    says: "In a batch each entry has its own fate, and an entry with a bad delay fails alone.",
    source: "SQS API Reference, SendMessageBatch",
    expected: [["a"], ["b"]],
    async observe({ sqs, queue }) {
      const { url } = await queue();
      const Entries = [
        { Id: "a", MessageBody: "A" },
        { Id: "b", MessageBody: "B", DelaySeconds: 901 },
      ];
      const { Successful = [], Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      return [Successful.map(({ Id }) => Id), Failed.map(({ Id }) => Id)];
    },
  },
  {
    id: "sqs-batch-twins",
    says: "A batch whose entries share an id fails with BatchEntryIdsNotDistinct; an empty one with EmptyBatchRequest.",
    source: "SQS API Reference, SendMessageBatch, errors",
    expected: ["BatchEntryIdsNotDistinct", "EmptyBatchRequest"],
    async observe({ sqs, queue }) {
      const { url } = await queue();
      const twin = { Id: "a", MessageBody: "A" };
      const batch = (Entries: (typeof twin)[]) => sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      return [await errorOf(batch([twin, twin])), await errorOf(batch([]))];
    },
  },
  {
    id: "sqs-bad-receipt",
    says: "A receipt that no receive gave fails with ReceiptHandleIsInvalid.",
    source: "SQS API Reference, DeleteMessage, errors",
    expected: "ReceiptHandleIsInvalid",
    async observe({ sqs, queue }) {
      const { url } = await queue();
      return errorOf(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: "nonsense" })));
    },
  },
  {
    id: "sqs-missing-queue",
    says: "A call on a queue that is not there fails with QueueDoesNotExist.",
    source: "SQS API Reference, SendMessage, errors",
    expected: "QueueDoesNotExist",
    async observe({ sqs, queue }) {
      const { url } = await queue();
      return errorOf(send(sqs, `${url}-none`, "m"));
    },
  },
];

export const sqsAssertions: readonly Assertion[] = assertions.map((one) => ({ service: "SQS", ...one }));
