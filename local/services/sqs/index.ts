import * as sdk from "@aws-sdk/client-sqs";
import type { Call, Caller, OperationService } from "../../wire/service.ts";
import type { Authorizer, Queues } from "../seams.ts";
import { md5, sqsOperations, systemAttributes } from "./operations.ts";
import { checkedBody, createQueueTable, toReceive, toSend } from "./queue-table.ts";
import { type Message, openQueueStore } from "./store.ts";

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
  /** Refused: the policy is a resource of its own. */
  readonly policy?: string;
}

export type ReceivedMessage = Message & { readonly md5: string; readonly attributes: Record<string, string> };

export type Sqs = ReturnType<typeof createSqs>;

/** SQS: standard queues with visibility, delays, long polling and dead-letter queues. */
export function createSqs({ dir, region, accountId, authorizer }: SqsOptions) {
  const table = createQueueTable(openQueueStore(dir), { region, accountId });
  const service: OperationService = { kind: "operations", signingName: "sqs", sdk, operations: sqsOperations(table, { region, accountId }) };
  const authorizeAs =
    (caller: Caller): Call["authorize"] =>
    (action, resource, context) =>
      authorizer.authorize(caller, action, resource, context);

  const queues = {
    service,
    arnOf: table.arnOf,

    /** Takes a message as the given caller. */
    async send(caller: Caller, queueArn: string, body: string, context?: Record<string, string | string[]>): Promise<void> {
      const queue = table.existing(queueArn);
      table.permit(authorizeAs(caller), queue, "sqs:SendMessage", toSend, context);
      table.add(queue, caller, checkedBody(queue, body));
    },

    /** Creates the queue or changes its settings; its messages stay. Throws on settings that are not implemented. */
    putQueue(settings: QueueSettings): void {
      if (settings.policy !== undefined) throw new Error(`Queue ${settings.name} has a policy of its own; declare it as a QueuePolicy.`);
      if (settings.fifoQueue) throw new Error(`Queue ${settings.name}: the local cloud does not implement FIFO queues.`);
      const redrivePolicy =
        settings.redrivePolicy === undefined
          ? undefined
          : (JSON.parse(settings.redrivePolicy) as { deadLetterTargetArn: string; maxReceiveCount: number | string });
      table.store.put({
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

    visibilityTimeoutSeconds: (queueArn: string): number => table.existing(queueArn).visibilityTimeoutSeconds,

    /** What a Lambda event source mapping does, as the function's role: takes messages, waiting up to 20 s or until the signal. */
    async receive(caller: Caller, queueArn: string, most: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
      const queue = table.existing(queueArn);
      table.permit(authorizeAs(caller), queue, "sqs:ReceiveMessage", toReceive);
      authorizer.authorize(caller, "sqs:GetQueueAttributes", queueArn);
      const messages = await table.take(queue, most, queue.visibilityTimeoutSeconds, 20, signal);
      return messages.map((message) => ({ ...message, md5: md5(message.body), attributes: systemAttributes(message) }));
    },

    /** Deletes messages received by `receive`. */
    acknowledge(caller: Caller, queueArn: string, receipts: readonly string[]): void {
      authorizer.authorize(caller, "sqs:DeleteMessage", queueArn);
      for (const receipt of receipts) table.store.remove(queueArn, receipt);
    },

    close: (): void => table.close(),
  } satisfies Queues & Record<string, unknown>;
  return queues;
}
