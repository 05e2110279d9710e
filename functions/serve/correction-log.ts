import { isDeepStrictEqual } from "node:util";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { z } from "zod";
import { correctionItemName, correctionItemPrefix } from "../../contracts/case-table.ts";
import { type CorrectionSet, correctionSet } from "../../contracts/corrections.ts";
import { isWritten } from "../runtime/conditional-write.ts";
import { parseStored } from "../runtime/parse.ts";

/** The corrections of an analysis: what is in it is never changed, nor taken out. */
export interface CorrectionLog {
  /** Every set, in the order of versions. */
  all(caseId: string, runId: string): Promise<CorrectionSet[]>;
  /** Sets after a version, as many as one answer of the table holds, and whether there are more. */
  page(caseId: string, runId: string, after: number): Promise<{ sets: CorrectionSet[]; more: boolean }>;
  /** Version of the newest set; 0 if there is none. */
  newest(caseId: string, runId: string): Promise<number>;
  /** Adds a set. False if there is another one of its version. */
  add(set: CorrectionSet): Promise<boolean>;
}

/** The log in the case table. */
export function correctionLog(table: DynamoDBDocumentClient, tableName: string): CorrectionLog {
  const query = (caseId: string, runId: string, after: number) => ({
    TableName: tableName,
    KeyConditionExpression: "caseId = :case AND #item BETWEEN :first AND :last",
    ExpressionAttributeNames: { "#item": "item" },
    ExpressionAttributeValues: {
      ":case": caseId,
      ":first": correctionItemName(runId, after + 1),
      // Digits come before `~`.
      ":last": `${correctionItemPrefix(runId)}~`,
    },
    ConsistentRead: true,
  });
  return {
    async all(caseId, runId) {
      const sets: CorrectionSet[] = [];
      for await (const { Items = [] } of paginateQuery({ client: table }, query(caseId, runId, 0))) sets.push(...Items.map(setOf));
      return sets;
    },
    async page(caseId, runId, after) {
      const { Items = [], LastEvaluatedKey } = await table.send(new QueryCommand(query(caseId, runId, after)));
      return { sets: Items.map(setOf), more: LastEvaluatedKey !== undefined };
    },
    async newest(caseId, runId) {
      const { Items = [] } = await table.send(new QueryCommand({ ...query(caseId, runId, 0), ScanIndexForward: false, Limit: 1 }));
      return Items[0] === undefined ? 0 : setOf(Items[0]).version;
    },
    async add(set) {
      const item = correctionItemName(set.runId, set.version);
      const write = new PutCommand({
        TableName: tableName,
        Item: { ...set, item },
        ConditionExpression: "attribute_not_exists(#item)",
        ExpressionAttributeNames: { "#item": "item" },
      });
      if (await isWritten(table.send(write))) return true;
      // The SDK may have written it with a first try whose answer was lost.
      const { Item } = await table.send(new GetCommand({ TableName: tableName, Key: { caseId: set.caseId, item }, ConsistentRead: true }));
      return isDeepStrictEqual(Item && setOf(Item), set);
    },
  };
}

function setOf({ item: _, ...stored }: Record<string, unknown>): z.infer<typeof correctionSet> {
  return parseStored(correctionSet, stored, "An item of corrections in the case table");
}
