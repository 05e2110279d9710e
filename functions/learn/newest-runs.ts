import { type DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { caseStatus } from "../../contracts/case.ts";
import { caseIndexes } from "../../contracts/case-table.ts";
import { runId } from "../../contracts/primitives.ts";
import { parseStored } from "../runtime/parse.ts";

/** The analysis of a case that stands, and when the case was made. */
export interface StandingRun {
  readonly caseId: string;
  readonly runId: string;
  readonly createdAt: string;
}

const summary = z.object({ caseId: z.string(), status: caseStatus, createdAt: z.iso.datetime(), runId: runId.nullable().default(null) });

/** Of every case that was analysed its last run, newest case first. */
export async function* newestRuns(table: DynamoDBDocumentClient, tableName: string): AsyncGenerator<StandingRun, void, undefined> {
  const query = {
    TableName: tableName,
    IndexName: caseIndexes.list,
    KeyConditionExpression: "#list = :cases",
    ExpressionAttributeNames: { "#list": "list" },
    ExpressionAttributeValues: { ":cases": "CASES" },
    ScanIndexForward: false,
  };
  for await (const { Items = [] } of paginateQuery({ client: table }, query))
    for (const stored of Items) {
      const { status, runId: run, ...of } = parseStored(summary, stored, "A summary item of the case table");
      if (run !== null && (status === "COMPLETE" || status === "PARTIAL")) yield { ...of, runId: run };
    }
}
