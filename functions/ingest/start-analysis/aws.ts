import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient, queueClient, s3Client, statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { NotFound } from "../../runtime/errors.ts";
import { startNamed } from "../../runtime/executions.ts";
import { startAfterOf } from "../../runtime/start-after.ts";
import { tableLeases } from "../leases.ts";
import { versionsOf } from "../source-versions.ts";
import { itemOfUpload } from "../uploads.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const environment = readEnvironment([
    ...(["STATE_MACHINE_ARN", "PIPELINE_VERSION", "START_AFTER", "CASE_TABLE"] as const),
    ...(["LEASE_TABLE", "INTERACTIVE_LEASES", "QUEUE_URL", "RETRY_SECONDS"] as const),
  ]);
  const { STATE_MACHINE_ARN, CASE_TABLE } = environment;
  const [states, table, queue, s3] = [statesClient(), documentClient(), queueClient(), s3Client()];
  return {
    pipelineVersion: environment.PIPELINE_VERSION,
    startAfter: startAfterOf(environment),
    leases: tableLeases(table, { tableName: environment.LEASE_TABLE, caps: { interactive: Number(environment.INTERACTIVE_LEASES) } }),
    // Where there was one, the event came again, and its run is done or under way.
    start: (request) => startNamed(states, STATE_MACHINE_ARN, request.runId, request),
    async defer(MessageBody) {
      // Spread, so that those who were sent away together don't come back together.
      const DelaySeconds = Math.ceil(Number(environment.RETRY_SECONDS) * (0.5 + Math.random() / 2));
      await queue.send(new SendMessageCommand({ QueueUrl: environment.QUEUE_URL, MessageBody, DelaySeconds }));
    },
    async bytesOf({ bucket, key, versionId }) {
      const versions = await versionsOf(s3, bucket, key);
      const found = versions.find((version) => version.versionId === versionId);
      if (!found) throw new NotFound("The scanned version of the video isn't there any more.");
      return found.bytes;
    },
    async summary(caseId) {
      return (await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item: "SUMMARY" }, ConsistentRead: true }))).Item;
    },
    async isUploaded({ caseId, uploadId }) {
      const { item } = itemOfUpload(uploadId);
      return (await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item }, ConsistentRead: true }))).Item !== undefined;
    },
    async refuse(caseId, { status, reason }) {
      const now = new Date().toISOString();
      await table.send(
        new UpdateCommand({
          TableName: CASE_TABLE,
          Key: { caseId, item: "SUMMARY" },
          UpdateExpression:
            "SET #status = :status, reasons = :reasons, updatedAt = :now, #list = :list, createdAt = if_not_exists(createdAt, :now), fileName = if_not_exists(fileName, :unnamed)",
          // A case that was analysed already would be no case of this scan: the message then ends among the dead letters, where people look.
          ConditionExpression: "attribute_not_exists(#status) OR #status IN (:uploading, :status)",
          ExpressionAttributeNames: { "#status": "status", "#list": "list" },
          ExpressionAttributeValues: {
            ":status": status,
            ":uploading": "UPLOADING",
            ":reasons": [reason],
            ":now": now,
            ":list": "CASES",
            ":unnamed": "unnamed",
          },
        }),
      );
    },
  };
}
