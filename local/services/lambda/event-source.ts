import { setTimeout as pause } from "node:timers/promises";
import type { Authorizer, Log } from "../seams.ts";
import type { ReceivedMessage, Sqs } from "../sqs/index.ts";
import type { FunctionTable } from "./functions.ts";

/** A queue whose messages a function gets. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly functionArn: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** Batches at a time; 2 if not given. */
  readonly maximumConcurrency?: number | undefined;
  /** The function answers with the messages that failed; else a batch succeeds or fails as one. */
  readonly reportBatchItemFailures: boolean;
}

/** Milliseconds before the queue is asked again after it refused. */
const refusalPause = 5000;

const recordOf = (message: ReceivedMessage, queueArn: string): object => ({
  messageId: message.id,
  receiptHandle: message.receipt,
  body: message.body,
  attributes: message.attributes,
  messageAttributes: {},
  md5OfBody: message.md5,
  eventSource: "aws:sqs",
  eventSourceARN: queueArn,
  awsRegion: queueArn.split(":")[3],
});

/** Ids of the messages that the function did not do; undefined if its answer can't be understood, so that none counts as done. */
function failedIds(payload: string): string[] | undefined {
  const answer = JSON.parse(payload) as { batchItemFailures?: { itemIdentifier?: unknown }[] | null } | null;
  const failures = answer?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const ids = failures.map((failure) => failure?.itemIdentifier);
  return ids.every((id): id is string => typeof id === "string" && id !== "") ? ids : undefined;
}

/** Polls a queue as the function's role, and hands batches to the function until the signal. */
export function startEventSource(
  mapping: EventSourceMapping,
  { queues, functions, authorizer, log }: { queues: Sqs; functions: FunctionTable; authorizer: Authorizer; log: Log },
  signal: AbortSignal,
): Promise<void> {
  const { queueArn, functionArn, batchSize, reportBatchItemFailures } = mapping;

  async function batch(): Promise<void> {
    const { roleArn } = functions.settings(functionArn);
    const role = authorizer.assume("lambda.amazonaws.com", roleArn, { "aws:SourceArn": functionArn });
    const messages = await queues.receive(role, queueArn, batchSize, signal);
    if (messages.length === 0) return;
    const { payload, failed } = await functions.run(functionArn, JSON.stringify({ Records: messages.map((message) => recordOf(message, queueArn)) }));
    if (signal.aborted) return;
    if (failed) return log(`${functionArn} failed on a batch of ${messages.length} from ${queueArn}; its messages return after the visibility timeout.`);
    const undone = reportBatchItemFailures ? failedIds(payload) : [];
    const known = undone?.every((id) => messages.some((message) => message.id === id));
    if (undone === undefined || !known)
      return log(`${functionArn} answered a batch from ${queueArn} with batchItemFailures that can't be understood; all its messages return.`);
    queues.acknowledge(
      role,
      queueArn,
      messages.filter(({ id }) => !undone.includes(id)).map(({ receipt }) => receipt),
    );
  }

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      try {
        await batch();
      } catch (error) {
        if (signal.aborted) return;
        log(`The event source mapping ${mapping.uuid} from ${queueArn} to ${functionArn} failed: ${(error as Error).message}`);
        await pause(refusalPause, undefined, { signal }).catch(() => undefined);
      }
    }
  }
  return Promise.all(Array.from({ length: mapping.maximumConcurrency ?? 2 }, poll)).then(() => undefined);
}
