import { GetObjectTaggingCommand } from "@aws-sdk/client-s3";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient, s3Client, statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { executionArnOf } from "../../runtime/executions.ts";
import { scanResultTag } from "../../runtime/malware-scan.ts";
import { startAfterOf } from "../../runtime/start-after.ts";
import { attemptNoter, runStateReader } from "../attempts.ts";
import { tableLeases } from "../leases.ts";
import { versionsOf } from "../source-versions.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const environment = readEnvironment([
    ...(["PIPELINE_VERSION", "START_AFTER", "CASE_TABLE", "RAW_BUCKET"] as const),
    ...(["LEASE_TABLE", "BACKFILL_LEASES", "STATE_MACHINE_ARN"] as const),
  ]);
  const { RAW_BUCKET, CASE_TABLE, STATE_MACHINE_ARN } = environment;
  const [table, s3] = [documentClient(), s3Client()];
  return {
    pipelineVersion: environment.PIPELINE_VERSION,
    startAfter: startAfterOf(environment),
    rawBucket: RAW_BUCKET,
    leases: tableLeases(table, { tableName: environment.LEASE_TABLE, caps: { backfill: Number(environment.BACKFILL_LEASES) } }),
    versions: (key) => versionsOf(s3, RAW_BUCKET, key),
    async scanResult(Key, versionId) {
      const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: RAW_BUCKET, Key, VersionId: versionId ?? "null" }));
      return TagSet.find((tag) => tag.Key === scanResultTag)?.Value;
    },
    async summary(caseId) {
      const { Item } = await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item: "SUMMARY" }, ConsistentRead: true }));
      return Item;
    },
    runState: runStateReader(statesClient(), STATE_MACHINE_ARN),
    note: attemptNoter(table, CASE_TABLE),
    executionArn: (runId) => executionArnOf(STATE_MACHINE_ARN, runId),
  };
}
