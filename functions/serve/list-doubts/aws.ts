import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { doubtsByOrder } from "../../../contracts/case-table.ts";
import { waiting } from "../../../contracts/review-queue.ts";
import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { caseTable } from "../list-cases/table.ts";
import type { Deps, Place } from "./handler.ts";

/** Items of a page: at most so many cases, whose summaries one batch reads. */
const pageSize = 25;

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  const table = documentClient();
  const { items } = caseTable(table, CASE_TABLE);
  return {
    async page(after) {
      const { Items = [], LastEvaluatedKey } = await table.send(
        new QueryCommand({
          TableName: CASE_TABLE,
          IndexName: doubtsByOrder,
          KeyConditionExpression: "#queue = :waiting",
          ExpressionAttributeNames: { "#queue": "queue" },
          ExpressionAttributeValues: { ":waiting": waiting },
          Limit: pageSize,
          ExclusiveStartKey: after,
        }),
      );
      return { items: Items, last: LastEvaluatedKey as Place | undefined };
    },
    summaries: (caseIds) => items(caseIds.map((caseId) => ({ caseId, item: "SUMMARY" }))),
  };
}
