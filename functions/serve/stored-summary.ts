import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { isDeleted } from "../../contracts/case-table.ts";
import { documentClient } from "../runtime/clients.ts";

/** Reads the summary item of a case, unchecked; undefined if there is no such case, or no longer. */
export function summaryReader(tableName: string): (caseId: string) => Promise<unknown> {
  const table = documentClient();
  return async (caseId) => {
    const { Item } = await table.send(new GetCommand({ TableName: tableName, Key: { caseId, item: "SUMMARY" } }));
    return isDeleted(Item) ? undefined : Item;
  };
}
