import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { type HoldDeps, retentionDays } from "../holds.ts";
import { videoLocks } from "../video-locks.ts";

export function awsDeps(): HoldDeps {
  const { CASE_TABLE, RAW_BUCKET, RETENTION_DAYS, OBJECT_LOCK } = readEnvironment(["CASE_TABLE", "RAW_BUCKET", "RETENTION_DAYS", "OBJECT_LOCK"]);
  const table = documentClient();
  return {
    retentionDays: parseStoredJson(retentionDays, RETENTION_DAYS, "RETENTION_DAYS"),
    async summary(caseId) {
      return (await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item: "SUMMARY" }, ConsistentRead: true }))).Item;
    },
    locks: videoLocks(s3Client(), RAW_BUCKET, OBJECT_LOCK),
    now: () => new Date(),
  };
}
