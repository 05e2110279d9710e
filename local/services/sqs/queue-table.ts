import { EventEmitter, once } from "node:events";
import { type Call, type Caller, ServiceError } from "../../wire/service.ts";
import type { Message, Queue, QueueStore } from "./store.ts";

/** What a sender to an encrypted queue must be allowed of its key; a receiver only needs to decrypt. */
export const toSend = ["kms:GenerateDataKey", "kms:Decrypt"];
export const toReceive = ["kms:Decrypt"];

export type QueueTable = ReturnType<typeof createQueueTable>;

/** The queues of one account and region: who may use them, what arrives and what is taken. */
export function createQueueTable(store: QueueStore, { region, accountId }: { region: string; accountId: string }) {
  const arrivals = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();

  return {
    store,

    /** The ARN that a queue's URL names, whatever its host. */
    arnOf(queueUrl: string): string {
      const [, account, name] = /\/(\d{12})\/([A-Za-z0-9_-]{1,80})$/.exec(queueUrl) ?? [];
      if (account === undefined) throw new ServiceError("InvalidAddress", `The address ${queueUrl} is not valid for this endpoint.`);
      return `arn:aws:sqs:${region}:${account}:${name}`;
    },

    /** A queue by ARN; throws QueueDoesNotExist. */
    existing(arn: string) {
      const queue = store.queue(arn);
      if (queue === undefined) throw new ServiceError("QueueDoesNotExist", `The specified queue does not exist: ${arn}.`);
      return queue;
    },

    /** Checks an action on a queue, and the use of its key: senders need a data key, receivers need to decrypt. */
    permit(authorize: Call["authorize"], queue: Queue, action: string, keyActions: readonly string[] = [], context?: Record<string, string | string[]>): void {
      authorize(action, queue.arn, context);
      const key = queue.kmsMasterKeyId;
      if (key === undefined || key === "alias/aws/sqs") return;
      const keyArn = key.startsWith("arn:") ? key : `arn:aws:kms:${region}:${accountId}:${key.startsWith("alias/") ? key : `key/${key}`}`;
      for (const keyAction of keyActions) authorize(keyAction, keyArn, { ...context, "kms:ViaService": `sqs.${region}.amazonaws.com` });
    },

    /** Stores a message and wakes who waits for one; gives its id. */
    add(queue: Queue, caller: Caller, body: string, delaySeconds?: number): string {
      const id = store.add(queue, caller.arn, body, delaySeconds);
      arrivals.emit(queue.arn);
      return id;
    },

    /** Wakes who waits for a message of the queue. */
    wake: (queue: Queue): boolean => arrivals.emit(queue.arn),

    /** Takes messages, waiting up to `waitSeconds` for the first. */
    async take(queue: Queue, most: number, visibilityTimeoutSeconds: number, waitSeconds: number, signal?: AbortSignal): Promise<Message[]> {
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
    },

    close(): void {
      closing.abort();
      store.close();
    },
  };
}

/** The body, if the queue takes one as long. */
export function checkedBody(queue: Queue, body: string | undefined): string {
  if (body === undefined || body === "") throw new ServiceError("MissingParameter", "The request must contain the parameter MessageBody.");
  const bytes = Buffer.byteLength(body);
  if (bytes > queue.maxMessageSize)
    throw new ServiceError(
      "InvalidParameterValue",
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maxMessageSize} bytes, it has ${bytes}.`,
    );
  return body;
}
