import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, type QueryCommandOutput } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { procedure, severity } from "../../../contracts/case.ts";
import { cohortOf, measuresByCohort } from "../../../contracts/case-table.ts";
import { runId } from "../../../contracts/primitives.ts";
import { parseStored } from "../../runtime/parse.ts";
import type { Deps, Values } from "./handler.ts";

const summary = z.object({ runId, procedure: procedure.nullable().default(null), severity: severity.nullable().default(null) });
const remembered = z.object({ caseId: z.string(), values: z.record(z.string(), z.number()) });

/** A cohort is the newest so many operations: enough for any percentile, few enough to read in one call of a function. */
const largestCohort = 1000;

/** What the case table says of a case, and the values that cases of a stratum are compared by (`docs/decisions/0021`). */
export const cohortTable = (table: DynamoDBDocumentClient, tableName: string): Omit<Deps, "lake"> => ({
  async facts(caseId) {
    const { Item } = await table.send(new GetCommand({ TableName: tableName, Key: { caseId, item: "SUMMARY" }, ConsistentRead: true }));
    return parseStored(summary, Item, "The case's summary item");
  },
  async cohort(stratum, exceptCaseId) {
    const values: Values[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page: QueryCommandOutput = await table.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: measuresByCohort,
          KeyConditionExpression: "cohort = :cohort",
          ExpressionAttributeValues: { ":cohort": cohortOf(stratum) },
          ScanIndexForward: false,
          Limit: largestCohort - values.length + 1,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) {
        const { caseId, values: own } = parseStored(remembered, item, "An item of measures");
        if (caseId !== exceptCaseId) values.push(own);
      }
      start = page.LastEvaluatedKey;
    } while (start && values.length < largestCohort);
    return values.slice(0, largestCohort);
  },
  async remember({ caseId, runId, createdAt }, stratum, values) {
    await table.send(new PutCommand({ TableName: tableName, Item: { caseId, item: "MEASURES", runId, createdAt, cohort: cohortOf(stratum), values } }));
  },
});
