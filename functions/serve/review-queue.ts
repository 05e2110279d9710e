import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { type Doubt, doubt, doubtItemName, waiting } from "../../contracts/review-queue.ts";
import { unlessRefused } from "../runtime/conditional-write.ts";
import { parseStored } from "../runtime/parse.ts";

/** Boxes or outlines of a frame that somebody was asked about. */
export type FrameDoubt = Pick<Doubt, "kind" | "id" | "startFrame" | "endFrame">;

const frameDoubt = z.object({ ...doubt.pick({ kind: true, id: true, startFrame: true, endFrame: true }).shape, runId: z.string() });

/** What waits to be judged. */
export interface ReviewQueue {
  /** Frames of a run that people were asked about, whether they wait or are settled. */
  frames(caseId: string, runId: string): Promise<FrameDoubt[]>;
  /** Takes a finding out of the queue, or puts it back. One that never was in it, or is of another run, is left alone. */
  settle(doubt: Pick<Doubt, "caseId" | "runId" | "kind" | "id">, isSettled: boolean): Promise<void>;
}

/** The queue in the case table: what has no attribute `queue` is not in its index. */
export const reviewQueue = (table: DynamoDBDocumentClient, tableName: string): ReviewQueue => ({
  async frames(caseId, runId) {
    const found: FrameDoubt[] = [];
    for (const kind of ["boxes", "outlines"] as const) {
      const query = {
        TableName: tableName,
        KeyConditionExpression: "caseId = :case AND begins_with(#item, :kind)",
        ExpressionAttributeNames: { "#item": "item" },
        ExpressionAttributeValues: { ":case": caseId, ":kind": doubtItemName(kind, "") },
      };
      for await (const { Items = [] } of paginateQuery({ client: table }, query))
        for (const item of Items) {
          const { runId: of, ...asked } = parseStored(frameDoubt, item, "An item of the review queue");
          if (of === runId) found.push(asked);
        }
    }
    return found;
  },
  async settle({ caseId, runId, kind, id }, isSettled) {
    await unlessRefused(
      table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { caseId, item: doubtItemName(kind, id) },
          UpdateExpression: isSettled ? "REMOVE #queue" : "SET #queue = :waiting",
          ConditionExpression: "runId = :run",
          ExpressionAttributeNames: { "#queue": "queue" },
          ExpressionAttributeValues: { ":run": runId, ...(!isSettled && { ":waiting": waiting }) },
        }),
      ),
    );
  },
});
