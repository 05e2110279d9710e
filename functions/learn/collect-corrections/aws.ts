import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient, s3Client, statesClient } from "../../runtime/clients.ts";
import { isWritten } from "../../runtime/conditional-write.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { retrainingExecutions } from "../retraining-executions.ts";
import { teachingDeps } from "../teaching.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, STATE_MACHINE_ARN } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "STATE_MACHINE_ARN"]);
  const [table, s3] = [documentClient(), s3Client()];
  return {
    ...teachingDeps({ table, s3 }),
    lake: s3Lake(s3, PROCESSED_BUCKET),
    isRunning: retrainingExecutions(statesClient(), STATE_MACHINE_ARN).isRunning,
    ask: (doubt) =>
      isWritten(
        table.send(
          new PutCommand({
            TableName: CASE_TABLE,
            Item: doubt,
            // What was in the queue and is no more, somebody judged; of another run it says nothing.
            ConditionExpression: "attribute_not_exists(#item) OR attribute_exists(#queue) OR runId <> :run",
            ExpressionAttributeNames: { "#item": "item", "#queue": "queue" },
            ExpressionAttributeValues: { ":run": doubt.runId },
          }),
        ),
      ),
  };
}
