import { setTimeout } from "node:timers/promises";
import { BatchGetCommand, type BatchGetCommandInput, type BatchGetCommandOutput, type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { caseIndexes } from "../../../contracts/case-table.ts";
import { TryAgain } from "../../runtime/errors.ts";
import type { Deps, Item, Place } from "./handler.ts";

/** Times that keys which DynamoDB left over are asked for again, with doubling pauses from 50 ms. */
const mostTries = 6;

/** Reads the case table and its indexes. */
export const caseTable = (table: DynamoDBDocumentClient, tableName: string): Omit<Deps, "link"> => ({
  async page({ by, value }, limit, after) {
    const { Items = [], LastEvaluatedKey } = await table.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: caseIndexes[by],
        KeyConditionExpression: "#by = :value",
        ExpressionAttributeNames: { "#by": by },
        ExpressionAttributeValues: { ":value": value },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    return { items: Items as Item[], last: LastEvaluatedKey as Place | undefined };
  },
  async items(keys) {
    const found: Item[] = [];
    let left: BatchGetCommandInput["RequestItems"] = { [tableName]: { Keys: [...keys] } };
    for (let tries = 0; left?.[tableName]?.Keys?.length; tries++) {
      if (tries === mostTries) throw new TryAgain("DynamoDB left items unread.");
      if (tries > 0) await setTimeout(25 * 2 ** tries);
      const answer: BatchGetCommandOutput = await table.send(new BatchGetCommand({ RequestItems: left }));
      found.push(...((answer.Responses?.[tableName] ?? []) as Item[]));
      left = answer.UnprocessedKeys;
    }
    return found;
  },
});
