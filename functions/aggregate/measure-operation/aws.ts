import { GetCommand, PutCommand, QueryCommand, type QueryCommandOutput } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { procedure, severity } from "../../../contracts/case.ts";
import { measuresByCohort } from "../../../contracts/case-table.ts";
import { runId } from "../../../contracts/primitives.ts";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { parseStored } from "../../runtime/parse.ts";
import type { Deps, Stratum, Values } from "./handler.ts";

const summary = z.object({ runId, procedure: procedure.nullable().default(null), severity: severity.nullable().default(null) });
const remembered = z.object({ caseId: z.string(), values: z.record(z.string(), z.number()) });

/** A cohort is the newest so many operations: enough for any percentile, few enough to read in one call of a function. */
const largestCohort = 1000;

const cohortOf = ({ procedure, severity }: Stratum): string => `${procedure}#${severity ?? "ungraded"}`;

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET, CASE_TABLE } = readEnvironment(["PROCESSED_BUCKET", "CASE_TABLE"]);
  const table = documentClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    async facts(caseId) {
      const { Item } = await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item: "SUMMARY" }, ConsistentRead: true }));
      return parseStored(summary, Item, "The case's summary item");
    },
    async cohort(stratum, exceptCaseId) {
      const values: Values[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page: QueryCommandOutput = await table.send(
          new QueryCommand({
            TableName: CASE_TABLE,
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
      await table.send(new PutCommand({ TableName: CASE_TABLE, Item: { caseId, item: "MEASURES", runId, createdAt, cohort: cohortOf(stratum), values } }));
    },
  };
}
