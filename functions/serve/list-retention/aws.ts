import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { caseIndexes } from "../../../contracts/case-table.ts";
import { awsDeps as holdDeps } from "../../delete/check-holds/aws.ts";
import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps, Place } from "./handler.ts";

/** Cases of a page: those that are due are asked for their locks, one after the other. */
const pageSize = 25;

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  const table = documentClient();
  return {
    ...holdDeps(),
    async oldest(after) {
      const { Items = [], LastEvaluatedKey } = await table.send(
        new QueryCommand({
          TableName: CASE_TABLE,
          IndexName: caseIndexes.list,
          KeyConditionExpression: "#list = :cases",
          ExpressionAttributeNames: { "#list": "list" },
          ExpressionAttributeValues: { ":cases": "CASES" },
          Limit: pageSize,
          ExclusiveStartKey: after,
        }),
      );
      return { items: Items, last: LastEvaluatedKey as Place | undefined };
    },
  };
}
