import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-sqs";
import { type Caller, type Operation, ServiceError } from "../../wire/service.ts";
import { checkedBody, type QueueTable, toReceive, toSend } from "./queue-table.ts";
import type { Message, Queue } from "./store.ts";

/** MD5 in hex, by which SDK clients check message bodies. */
export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** Names of attributes as the API spells them. */
const attributesOf = (
  queue: Queue & { created: number; modified: number },
  counts: { visible: number; inFlight: number; delayed: number },
): Record<string, string> => ({
  QueueArn: queue.arn,
  ApproximateNumberOfMessages: String(counts.visible),
  ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
  ApproximateNumberOfMessagesDelayed: String(counts.delayed),
  CreatedTimestamp: String(Math.floor(queue.created / 1000)),
  LastModifiedTimestamp: String(Math.floor(queue.modified / 1000)),
  VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
  MaximumMessageSize: String(queue.maxMessageSize),
  MessageRetentionPeriod: String(queue.messageRetentionSeconds),
  DelaySeconds: String(queue.delaySeconds),
  ReceiveMessageWaitTimeSeconds: String(queue.receiveWaitTimeSeconds),
  ...(queue.redrivePolicy && { RedrivePolicy: JSON.stringify(queue.redrivePolicy) }),
  ...(queue.kmsMasterKeyId !== undefined && { KmsMasterKeyId: queue.kmsMasterKeyId }),
});

/** Attributes of a received message, as the API spells them. */
export const systemAttributes = (message: Message): Record<string, string> => ({
  SenderId: message.sender,
  SentTimestamp: String(message.sent),
  ApproximateReceiveCount: String(message.received),
  ApproximateFirstReceiveTimestamp: String(message.first_received),
  ...(message.source !== null && { DeadLetterQueueSourceArn: message.source }),
});

function checkedRange(value: number | undefined, least: number, most: number, what: string): number | undefined {
  if (value !== undefined && (!Number.isInteger(value) || value < least || value > most)) {
    throw new ServiceError(
      "InvalidParameterValue",
      `Value ${value} for parameter ${what} is invalid. Reason: it must be a whole number from ${least} to ${most}.`,
    );
  }
  return value;
}

function refuse(operation: string, input: object): void {
  for (const field of ["MessageAttributes", "MessageSystemAttributes", "MessageDeduplicationId", "MessageGroupId", "ReceiveRequestAttemptId"]) {
    if ((input as Record<string, unknown>)[field] !== undefined)
      throw new ServiceError("NotImplemented", `The local cloud does not implement ${field} of ${operation}.`, 501);
  }
}

/** Runs each entry of a batch; what fails is told entry by entry. */
function batch<E extends { Id: string | undefined }>(entries: E[] | undefined, run: (entry: E) => object) {
  const list = entries ?? [];
  if (list.length === 0) throw new ServiceError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (list.length > 10) throw new ServiceError("TooManyEntriesInBatchRequest", `Maximum number of entries per request are 10. You have sent ${list.length}.`);
  if (new Set(list.map(({ Id }) => Id)).size < list.length)
    throw new ServiceError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of list) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

/** The operations of SQS that the local cloud implements. */
export function sqsOperations(table: QueueTable, { region, accountId }: { region: string; accountId: string }): Record<string, Operation> {
  function remove(queue: Queue, receipt: string | undefined): object {
    if (receipt === undefined || !receipt.includes("#")) throw new ServiceError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
    table.store.remove(queue.arn, receipt);
    return {};
  }

  function sendOne(queue: Queue, caller: Caller, entry: { MessageBody: string | undefined; DelaySeconds?: number | undefined }): object {
    refuse("SendMessage", entry);
    const body = checkedBody(queue, entry.MessageBody);
    const MessageId = table.add(queue, caller, body, checkedRange(entry.DelaySeconds, 0, 900, "DelaySeconds"));
    return { MessageId, MD5OfMessageBody: md5(body) };
  }

  return {
    async SendMessage(input: sdk.SendMessageCommandInput, call): Promise<object> {
      const queue = table.existing(table.arnOf(input.QueueUrl ?? ""));
      table.permit(call.authorize, queue, "sqs:SendMessage", toSend);
      return sendOne(queue, call.caller, input);
    },

    async SendMessageBatch({ QueueUrl, Entries }: sdk.SendMessageBatchCommandInput, call): Promise<object> {
      const queue = table.existing(table.arnOf(QueueUrl ?? ""));
      table.permit(call.authorize, queue, "sqs:SendMessage", toSend);
      return batch(Entries, (entry) => sendOne(queue, call.caller, entry));
    },

    async ReceiveMessage(input: sdk.ReceiveMessageCommandInput, call): Promise<object> {
      refuse("ReceiveMessage", input);
      const queue = table.existing(table.arnOf(input.QueueUrl ?? ""));
      table.permit(call.authorize, queue, "sqs:ReceiveMessage", toReceive);
      const most = checkedRange(input.MaxNumberOfMessages, 1, 10, "MaxNumberOfMessages") ?? 1;
      const hidden = checkedRange(input.VisibilityTimeout, 0, 43_200, "VisibilityTimeout") ?? queue.visibilityTimeoutSeconds;
      const wait = checkedRange(input.WaitTimeSeconds, 0, 20, "WaitTimeSeconds") ?? queue.receiveWaitTimeSeconds;
      const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])] as string[];
      const messages = await table.take(queue, most, hidden, wait);
      return {
        ...(messages.length > 0 && {
          Messages: messages.map((message) => {
            const all = systemAttributes(message);
            const Attributes = names.includes("All") ? all : Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
            return {
              MessageId: message.id,
              ReceiptHandle: message.receipt,
              Body: message.body,
              MD5OfBody: md5(message.body),
              ...(names.length > 0 && { Attributes }),
            };
          }),
        }),
      };
    },

    async DeleteMessage({ QueueUrl, ReceiptHandle }: sdk.DeleteMessageCommandInput, call): Promise<object> {
      const queue = table.existing(table.arnOf(QueueUrl ?? ""));
      table.permit(call.authorize, queue, "sqs:DeleteMessage");
      return remove(queue, ReceiptHandle);
    },

    async DeleteMessageBatch({ QueueUrl, Entries }: sdk.DeleteMessageBatchCommandInput, call): Promise<object> {
      const queue = table.existing(table.arnOf(QueueUrl ?? ""));
      table.permit(call.authorize, queue, "sqs:DeleteMessage");
      return batch(Entries, ({ ReceiptHandle }) => remove(queue, ReceiptHandle));
    },

    async ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }: sdk.ChangeMessageVisibilityCommandInput, call): Promise<object> {
      const queue = table.existing(table.arnOf(QueueUrl ?? ""));
      table.permit(call.authorize, queue, "sqs:ChangeMessageVisibility");
      const seconds = checkedRange(VisibilityTimeout, 0, 43_200, "VisibilityTimeout") ?? 0;
      if (!table.store.hide(queue.arn, ReceiptHandle ?? "", seconds)) throw new ServiceError("MessageNotInflight", "The specified message isn't in flight.");
      if (seconds === 0) table.wake(queue);
      return {};
    },

    async GetQueueAttributes({ QueueUrl, AttributeNames = [] }: sdk.GetQueueAttributesCommandInput, call): Promise<object> {
      const queue = table.existing(table.arnOf(QueueUrl ?? ""));
      table.permit(call.authorize, queue, "sqs:GetQueueAttributes");
      const all = attributesOf(queue, table.store.counts(queue.arn));
      if (AttributeNames.includes("All")) return { Attributes: all };
      const optional = ["RedrivePolicy", "KmsMasterKeyId"];
      const missing = AttributeNames.filter((name) => !(name in all) && !optional.includes(name));
      if (missing.length > 0) throw new ServiceError("NotImplemented", `The local cloud does not implement the queue attribute ${missing.join(", ")}.`, 501);
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => AttributeNames.includes(name as sdk.QueueAttributeName))) };
    },

    /**
     * Permissions: SQS Developer Guide, "Configuring queue permissions for dead-letter queue redrive". The move is over
     * when this answers; at AWS it goes on, and `ListMessageMoveTasks` tells how far it is.
     */
    async StartMessageMoveTask({ SourceArn = "", DestinationArn, MaxNumberOfMessagesPerSecond }: sdk.StartMessageMoveTaskCommandInput, call): Promise<object> {
      if (MaxNumberOfMessagesPerSecond !== undefined)
        throw new ServiceError("NotImplemented", "The local cloud does not implement MaxNumberOfMessagesPerSecond of StartMessageMoveTask.", 501);
      const source = table.existing(SourceArn);
      table.permit(call.authorize, source, "sqs:StartMessageMoveTask", toReceive);
      for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]) call.authorize(action, source.arn);
      if (!table.store.takesDeadLetters(source.arn)) throw new ServiceError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.");
      const targets = DestinationArn === undefined ? table.store.originsOf(source.arn) : [DestinationArn];
      const queues = targets.map((arn) => table.existing(arn));
      for (const queue of queues) table.permit(call.authorize, queue, "sqs:SendMessage", toSend);
      const { handle } = table.store.move(source.arn, DestinationArn);
      for (const queue of queues) table.wake(queue);
      return { TaskHandle: handle };
    },

    async ListMessageMoveTasks({ SourceArn = "", MaxResults }: sdk.ListMessageMoveTasksCommandInput, call): Promise<object> {
      const source = table.existing(SourceArn);
      table.permit(call.authorize, source, "sqs:ListMessageMoveTasks");
      const most = checkedRange(MaxResults, 1, 10, "MaxResults") ?? 1;
      return {
        Results: table.store.movesOf(source.arn, most).map(({ source: from, destination, status, started, total, moved, failure }) => ({
          Status: status,
          SourceArn: from,
          ...(destination !== null && { DestinationArn: destination }),
          ApproximateNumberOfMessagesMoved: moved,
          ApproximateNumberOfMessagesToMove: total,
          ...(failure !== null && { FailureReason: failure }),
          StartedTimestamp: started,
        })),
      };
    },

    async GetQueueUrl({ QueueName = "", QueueOwnerAWSAccountId = accountId }: sdk.GetQueueUrlCommandInput, call): Promise<object> {
      const arn = `arn:aws:sqs:${region}:${QueueOwnerAWSAccountId}:${QueueName}`;
      call.authorize("sqs:GetQueueUrl", arn);
      table.existing(arn);
      return { QueueUrl: `https://sqs.${region}.amazonaws.com/${QueueOwnerAWSAccountId}/${QueueName}` };
    },
  };
}
