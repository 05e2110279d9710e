import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import * as sdk from "@aws-sdk/client-sqs";
import { type Call, type Caller, type Operation, type OperationService, ServiceError } from "../../wire/service.ts";
import type { Authorizer, Queues } from "../seams.ts";
import { type Message, openQueueStore, type Queue } from "./store.ts";

export interface SqsOptions {
  /** Folder of the service's state. */
  readonly dir: string;
  readonly region: string;
  readonly accountId: string;
  readonly authorizer: Authorizer;
}

/** A queue as the AWS provider's resource describes it; what is absent has SQS's default. */
export interface QueueSettings {
  readonly arn: string;
  readonly name: string;
  readonly visibilityTimeoutSeconds?: number;
  readonly messageRetentionSeconds?: number;
  readonly delaySeconds?: number;
  readonly receiveWaitTimeSeconds?: number;
  readonly maxMessageSize?: number;
  readonly kmsMasterKeyId?: string;
  /** JSON: `{ deadLetterTargetArn, maxReceiveCount }` */
  readonly redrivePolicy?: string;
  readonly fifoQueue?: boolean;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

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

function checkedRange(value: number | undefined, least: number, most: number, what: string): number | undefined {
  if (value !== undefined && (!Number.isInteger(value) || value < least || value > most)) {
    throw new ServiceError(
      "InvalidParameterValue",
      `Value ${value} for parameter ${what} is invalid. Reason: it must be a whole number from ${least} to ${most}.`,
    );
  }
  return value;
}

/** SQS: standard queues with visibility, delays, long polling and dead-letter queues. */
export function createSqs({ dir, region, accountId, authorizer }: SqsOptions) {
  const store = openQueueStore(dir);
  const arrivals = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();

  /** The ARN that a queue's URL names, whatever its host. */
  function arnOf(queueUrl: string): string {
    const [, account, name] = /\/(\d{12})\/([A-Za-z0-9_-]{1,80})$/.exec(queueUrl) ?? [];
    if (account === undefined) throw new ServiceError("InvalidAddress", `The address ${queueUrl} is not valid for this endpoint.`);
    return `arn:aws:sqs:${region}:${account}:${name}`;
  }

  function existing(arn: string) {
    const queue = store.queue(arn);
    if (queue === undefined) throw new ServiceError("QueueDoesNotExist", `The specified queue does not exist: ${arn}.`);
    return queue;
  }

  /** Checks an action on a queue, and the use of its key: senders need a data key, receivers need to decrypt. */
  function permit(authorize: Call["authorize"], queue: Queue, action: string, keyActions: string[] = [], context?: Record<string, string | string[]>): void {
    authorize(action, queue.arn, context);
    const key = queue.kmsMasterKeyId;
    if (key === undefined || key === "alias/aws/sqs") return;
    const keyArn = key.startsWith("arn:") ? key : `arn:aws:kms:${region}:${accountId}:${key.startsWith("alias/") ? key : `key/${key}`}`;
    for (const keyAction of keyActions) authorize(keyAction, keyArn, { ...context, "kms:ViaService": `sqs.${region}.amazonaws.com` });
  }
  const toSend = ["kms:GenerateDataKey", "kms:Decrypt"];

  function checkedBody(queue: Queue, body: string | undefined): string {
    if (body === undefined || body === "") throw new ServiceError("MissingParameter", "The request must contain the parameter MessageBody.");
    const bytes = Buffer.byteLength(body);
    if (bytes > queue.maxMessageSize)
      throw new ServiceError(
        "InvalidParameterValue",
        `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maxMessageSize} bytes, it has ${bytes}.`,
      );
    return body;
  }

  function refuse(operation: string, input: object): void {
    for (const field of ["MessageAttributes", "MessageSystemAttributes", "MessageDeduplicationId", "MessageGroupId", "ReceiveRequestAttemptId"]) {
      if ((input as Record<string, unknown>)[field] !== undefined)
        throw new ServiceError("NotImplemented", `The local cloud does not implement ${field} of ${operation}.`, 501);
    }
  }

  function add(queue: Queue, caller: Caller, messages: { body: string; delaySeconds: number | undefined }[]): string[] {
    const ids = store.add(queue, caller.arn, messages);
    arrivals.emit(queue.arn);
    return ids;
  }

  /** Takes messages, waiting up to `waitSeconds` for the first. */
  async function take(queue: Queue, most: number, visibilityTimeoutSeconds: number, waitSeconds: number, signal?: AbortSignal): Promise<Message[]> {
    const until = Date.now() + waitSeconds * 1000;
    const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    for (;;) {
      if (stop.aborted) return [];
      const messages = store.take(queue, most, visibilityTimeoutSeconds);
      const now = Date.now();
      if (messages.length > 0 || now >= until) return messages;
      const wake = Math.min(until, Math.max(store.nextVisible(queue.arn) ?? until, now + 10));
      // Ends at an arrival, at the time a hidden message returns, or at the close.
      await once(arrivals, queue.arn, { signal: AbortSignal.any([stop, AbortSignal.timeout(wake - now)]) }).catch(() => undefined);
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

  function remove(queue: Queue, receipt: string | undefined): object {
    if (receipt === undefined || !receipt.includes("#")) throw new ServiceError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
    store.remove(queue.arn, receipt);
    return {};
  }

  function sendOne(queue: Queue, caller: Caller, entry: { MessageBody: string | undefined; DelaySeconds?: number | undefined }): object {
    refuse("SendMessage", entry);
    const body = checkedBody(queue, entry.MessageBody);
    const [MessageId] = add(queue, caller, [{ body, delaySeconds: checkedRange(entry.DelaySeconds, 0, 900, "DelaySeconds") }]);
    return { MessageId, MD5OfMessageBody: md5(body) };
  }

  const operations: Record<string, Operation> = {
    async SendMessage(input: sdk.SendMessageCommandInput, call): Promise<object> {
      const queue = existing(arnOf(input.QueueUrl ?? ""));
      permit(call.authorize, queue, "sqs:SendMessage", toSend);
      return sendOne(queue, call.caller, input);
    },

    async SendMessageBatch({ QueueUrl, Entries }: sdk.SendMessageBatchCommandInput, call): Promise<object> {
      const queue = existing(arnOf(QueueUrl ?? ""));
      permit(call.authorize, queue, "sqs:SendMessage", toSend);
      return batch(Entries, (entry) => sendOne(queue, call.caller, entry));
    },

    async ReceiveMessage(input: sdk.ReceiveMessageCommandInput, call): Promise<object> {
      refuse("ReceiveMessage", input);
      const queue = existing(arnOf(input.QueueUrl ?? ""));
      permit(call.authorize, queue, "sqs:ReceiveMessage", ["kms:Decrypt"]);
      const most = checkedRange(input.MaxNumberOfMessages, 1, 10, "MaxNumberOfMessages") ?? 1;
      const hidden = checkedRange(input.VisibilityTimeout, 0, 43_200, "VisibilityTimeout") ?? queue.visibilityTimeoutSeconds;
      const wait = checkedRange(input.WaitTimeSeconds, 0, 20, "WaitTimeSeconds") ?? queue.receiveWaitTimeSeconds;
      const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])] as string[];
      const messages = await take(queue, most, hidden, wait);
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
      const queue = existing(arnOf(QueueUrl ?? ""));
      permit(call.authorize, queue, "sqs:DeleteMessage");
      return remove(queue, ReceiptHandle);
    },

    async DeleteMessageBatch({ QueueUrl, Entries }: sdk.DeleteMessageBatchCommandInput, call): Promise<object> {
      const queue = existing(arnOf(QueueUrl ?? ""));
      permit(call.authorize, queue, "sqs:DeleteMessage");
      return batch(Entries, ({ ReceiptHandle }) => remove(queue, ReceiptHandle));
    },

    async ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }: sdk.ChangeMessageVisibilityCommandInput, call): Promise<object> {
      const queue = existing(arnOf(QueueUrl ?? ""));
      permit(call.authorize, queue, "sqs:ChangeMessageVisibility");
      const seconds = checkedRange(VisibilityTimeout, 0, 43_200, "VisibilityTimeout") ?? 0;
      if (!store.hide(queue.arn, ReceiptHandle ?? "", seconds)) throw new ServiceError("MessageNotInflight", "The specified message isn't in flight.");
      if (seconds === 0) arrivals.emit(queue.arn);
      return {};
    },

    async GetQueueAttributes({ QueueUrl, AttributeNames = [] }: sdk.GetQueueAttributesCommandInput, call): Promise<object> {
      const queue = existing(arnOf(QueueUrl ?? ""));
      permit(call.authorize, queue, "sqs:GetQueueAttributes");
      const all = attributesOf(queue, store.counts(queue.arn));
      if (AttributeNames.includes("All")) return { Attributes: all };
      const optional = ["RedrivePolicy", "KmsMasterKeyId"];
      const missing = AttributeNames.filter((name) => !(name in all) && !optional.includes(name));
      if (missing.length > 0) throw new ServiceError("NotImplemented", `The local cloud does not implement the queue attribute ${missing.join(", ")}.`, 501);
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => AttributeNames.includes(name as sdk.QueueAttributeName))) };
    },

    async GetQueueUrl({ QueueName = "", QueueOwnerAWSAccountId = accountId }: sdk.GetQueueUrlCommandInput, call): Promise<object> {
      const arn = `arn:aws:sqs:${region}:${QueueOwnerAWSAccountId}:${QueueName}`;
      call.authorize("sqs:GetQueueUrl", arn);
      existing(arn);
      return { QueueUrl: `https://sqs.${region}.amazonaws.com/${QueueOwnerAWSAccountId}/${QueueName}` };
    },
  };

  const service: OperationService = { kind: "operations", signingName: "sqs", sdk, operations };
  const send: Queues["send"] = async (caller, queueArn, body, context) => {
    const queue = existing(queueArn);
    permit((action, resource, conditions) => authorizer.authorize(caller, action, resource, conditions), queue, "sqs:SendMessage", toSend, context);
    add(queue, caller, [{ body: checkedBody(queue, body), delaySeconds: undefined }]);
  };

  return {
    service,
    send,
    arnOf,

    /** Creates the queue or changes its settings; its messages stay. Throws on settings that are not implemented. */
    putQueue(settings: QueueSettings): void {
      if (settings.fifoQueue) throw new Error(`Queue ${settings.name}: the local cloud does not implement FIFO queues.`);
      const redrivePolicy =
        settings.redrivePolicy === undefined
          ? undefined
          : (JSON.parse(settings.redrivePolicy) as { deadLetterTargetArn: string; maxReceiveCount: number | string });
      store.put({
        arn: settings.arn,
        name: settings.name,
        visibilityTimeoutSeconds: settings.visibilityTimeoutSeconds ?? 30,
        messageRetentionSeconds: settings.messageRetentionSeconds ?? 345_600,
        delaySeconds: settings.delaySeconds ?? 0,
        receiveWaitTimeSeconds: settings.receiveWaitTimeSeconds ?? 0,
        maxMessageSize: settings.maxMessageSize ?? 262_144,
        ...(settings.kmsMasterKeyId !== undefined && { kmsMasterKeyId: settings.kmsMasterKeyId }),
        ...(redrivePolicy && {
          redrivePolicy: { deadLetterTargetArn: redrivePolicy.deadLetterTargetArn, maxReceiveCount: Number(redrivePolicy.maxReceiveCount) },
        }),
      });
    },

    visibilityTimeoutSeconds: (queueArn: string): number => existing(queueArn).visibilityTimeoutSeconds,

    /** What a Lambda event source mapping does, as the function's role: takes messages, waiting up to 20 s or until the signal. */
    async receive(caller: Caller, queueArn: string, most: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
      const queue = existing(queueArn);
      permit((action, resource, conditions) => authorizer.authorize(caller, action, resource, conditions), queue, "sqs:ReceiveMessage", ["kms:Decrypt"]);
      authorizer.authorize(caller, "sqs:GetQueueAttributes", queueArn);
      const messages = await take(queue, most, queue.visibilityTimeoutSeconds, 20, signal);
      return messages.map((message) => ({ ...message, md5: md5(message.body), attributes: systemAttributes(message) }));
    },

    /** Deletes messages received by `receive`. */
    acknowledge(caller: Caller, queueArn: string, receipts: readonly string[]): void {
      authorizer.authorize(caller, "sqs:DeleteMessage", queueArn);
      for (const receipt of receipts) store.remove(queueArn, receipt);
    },

    close(): void {
      closing.abort();
      store.close();
    },
  };
}

export type ReceivedMessage = Message & { readonly md5: string; readonly attributes: Record<string, string> };

export type Sqs = ReturnType<typeof createSqs>;

const systemAttributes = (message: Message): Record<string, string> => ({
  SenderId: message.sender,
  SentTimestamp: String(message.sent),
  ApproximateReceiveCount: String(message.received),
  ApproximateFirstReceiveTimestamp: String(message.first_received),
  ...(message.source !== null && { DeadLetterQueueSourceArn: message.source }),
});
