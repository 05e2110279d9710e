import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps, Place } from "./handler.ts";

const pageSize = 50;

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  const table = documentClient();
  return {
    async page(after) {
      const { Items = [], LastEvaluatedKey } = await table.send(
        new QueryCommand({
          TableName: CASE_TABLE,
          IndexName: "cases-by-time",
          KeyConditionExpression: "#list = :cases",
          ExpressionAttributeNames: { "#list": "list" },
          ExpressionAttributeValues: { ":cases": "CASES" },
          ScanIndexForward: false,
          Limit: pageSize,
          ExclusiveStartKey: after,
        }),
      );
      return { items: Items, last: LastEvaluatedKey as Place | undefined };
    },
  };
}
