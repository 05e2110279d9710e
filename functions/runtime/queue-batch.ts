import { z } from "zod";
import { InvalidInput } from "./errors.ts";
import { log } from "./log.ts";
import { parseInput } from "./parse.ts";

/** The part we use of a batch as Lambda hands it over from SQS. */
const queueBatch = z.object({ Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })) });
export type QueueMessage = z.infer<typeof queueBatch>["Records"][number];

/** Messages to deliver again. The rest of the batch is done. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Handles the messages of a batch, at once or one after the other where each takes much memory. One that can't be handled fails alone. */
export async function eachMessage(event: unknown, order: "at once" | "in turn", handle: (message: QueueMessage) => Promise<void>): Promise<BatchResponse> {
  const { Records } = parseInput(queueBatch, event);
  const attempt = async (message: QueueMessage): Promise<BatchResponse["batchItemFailures"]> => {
    const { messageId } = message;
    try {
      await handle(message);
      return [];
    } catch (error) {
      log("message refused", { messageId, errorName: (error as Error).name });
      return [{ itemIdentifier: messageId }];
    }
  };
  if (order === "at once") return { batchItemFailures: (await Promise.all(Records.map(attempt))).flat() };
  const batchItemFailures: BatchResponse["batchItemFailures"] = [];
  for (const message of Records) batchItemFailures.push(...(await attempt(message)));
  return { batchItemFailures };
}

/** What a message holds. Throws InvalidInput if it is no JSON. */
export function eventOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InvalidInput("The message isn't JSON.");
  }
}
