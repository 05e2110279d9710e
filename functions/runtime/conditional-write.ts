import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";

/** What a write under a condition answered; undefined if the condition did not hold, and nothing was written. */
export async function unlessRefused<T extends object>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** Whether the condition held, and what was asked is written. */
export const isWritten = async (write: Promise<object>): Promise<boolean> => (await unlessRefused(write)) !== undefined;
