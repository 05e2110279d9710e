import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { caseIndexes } from "../../../contracts/case-table.ts";
import { viewList, viewsOf } from "../../../contracts/views.ts";
import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps, Place } from "./handler.ts";

const pageSize = 50;

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  const table = documentClient();
  return {
    async page(caseId, after) {
      const { Items = [], LastEvaluatedKey } = await table.send(
        new QueryCommand({
          TableName: CASE_TABLE,
          ...(caseId === undefined && { IndexName: caseIndexes.list }),
          KeyConditionExpression: "#key = :key",
          ExpressionAttributeNames: { "#key": caseId === undefined ? "list" : "caseId" },
          ExpressionAttributeValues: { ":key": caseId === undefined ? viewList : viewsOf(caseId) },
          ScanIndexForward: false,
          Limit: pageSize,
          ExclusiveStartKey: after,
        }),
      );
      return { items: Items, last: LastEvaluatedKey as Place | undefined };
    },
  };
}
