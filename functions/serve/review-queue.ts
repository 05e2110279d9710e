import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Doubt, doubtItemName, waiting } from "../../contracts/review-queue.ts";

/** What waits to be judged. */
export interface ReviewQueue {
  /** Takes a finding out of the queue, or puts it back. One that never was in it, or is of another run, is left alone. */
  settle(doubt: Pick<Doubt, "caseId" | "runId" | "kind" | "id">, isSettled: boolean): Promise<void>;
}

/** The queue in the case table: what has no attribute `queue` is not in its index. */
export const reviewQueue = (table: DynamoDBDocumentClient, tableName: string): ReviewQueue => ({
  async settle({ caseId, runId, kind, id }, isSettled) {
    try {
      await table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { caseId, item: doubtItemName(kind, id) },
          UpdateExpression: isSettled ? "REMOVE #queue" : "SET #queue = :waiting",
          ConditionExpression: "runId = :run",
          ExpressionAttributeNames: { "#queue": "queue" },
          ExpressionAttributeValues: { ":run": runId, ...(!isSettled && { ":waiting": waiting }) },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },
});
