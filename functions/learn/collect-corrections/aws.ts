import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { datasetTask } from "../../../contracts/dataset-version.ts";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { correctionLog } from "../../serve/correction-log.ts";
import { datasetStore } from "../dataset-store.ts";
import { newestRuns } from "../newest-runs.ts";
import type { Deps } from "./handler.ts";

const teaching = z.strictObject({
  models: z.record(z.string(), z.strictObject({ task: datasetTask.nullable(), labels: z.array(z.string()) })),
  leastCorrected: z.int().positive(),
});

export function awsDeps(): Deps {
  const names = ["CASE_TABLE", "PROCESSED_BUCKET", "DATASETS_BUCKET", "TEACHING"] as const;
  const { CASE_TABLE, PROCESSED_BUCKET, DATASETS_BUCKET, TEACHING } = readEnvironment(names);
  const [table, s3] = [documentClient(), s3Client()];
  return {
    ...parseStoredJson(teaching, TEACHING, "TEACHING"),
    lake: s3Lake(s3, PROCESSED_BUCKET),
    datasets: datasetStore(s3, DATASETS_BUCKET),
    log: correctionLog(table, CASE_TABLE),
    runs: () => newestRuns(table, CASE_TABLE),
    async ask(doubt) {
      try {
        await table.send(
          new PutCommand({
            TableName: CASE_TABLE,
            Item: doubt,
            // What was in the queue and is no more, somebody judged; of another run it says nothing.
            ConditionExpression: "attribute_not_exists(#item) OR attribute_exists(#queue) OR runId <> :run",
            ExpressionAttributeNames: { "#item": "item", "#queue": "queue" },
            ExpressionAttributeValues: { ":run": doubt.runId },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
