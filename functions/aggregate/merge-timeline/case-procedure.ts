import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { procedure } from "../../../contracts/case.ts";
import { parseStored } from "../../runtime/parse.ts";
import type { Deps } from "./handler.ts";

const summary = z.object({ procedure: procedure.nullable().default(null) });

/** Reads which procedure a case is. By a query of one item, which the merge is granted for the case's findings as it is. */
export const caseProcedure =
  (table: DynamoDBDocumentClient, tableName: string): Deps["procedureOf"] =>
  async (caseId) => {
    const { Items = [] } = await table.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: "caseId = :case AND #item = :summary",
        ExpressionAttributeNames: { "#item": "item" },
        ExpressionAttributeValues: { ":case": caseId, ":summary": "SUMMARY" },
        ConsistentRead: true,
      }),
    );
    return parseStored(summary, Items[0] ?? {}, "The case's summary item").procedure;
  };
