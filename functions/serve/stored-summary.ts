import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient } from "../runtime/clients.ts";

/** Reads the summary item of a case, unchecked; undefined if there is no such case. */
export function summaryReader(tableName: string): (caseId: string) => Promise<unknown> {
  const table = documentClient();
  return async (caseId) => (await table.send(new GetCommand({ TableName: tableName, Key: { caseId, item: "SUMMARY" } }))).Item;
}
