import { ModelCallLog } from "../../components/analysis/model-call-log.ts";
import { BucketReplication } from "../../components/data/bucket-replication.ts";
import { CaseTable } from "../../components/data/case-table.ts";
import { DataLake } from "../../components/data/data-lake.ts";
import type { EncryptedBucket } from "../../components/data/encrypted-bucket.ts";
import { BackupPlan } from "../../components/operations/backup-plan.ts";
import type { EnvironmentConfig } from "../config/environment.ts";
import type { Foundation } from "./foundation.ts";

/** Where an environment's data lie. */
export interface Data {
  readonly lake: DataLake;
  readonly table: CaseTable;
  /** Takes the calls of language models, where one is asked. */
  readonly calls?: EncryptedBucket;
}

/** The lake and the case table, their copy in another Region, and their backups. */
export function data({ place, upkeep, removal, opts, keys, alerts }: Foundation, config: EnvironmentConfig): Data {
  const { logs: _, accessLogs: accessLogDays, noncurrentVersions: noncurrentDays, sources, sourceLock } = config.retention;
  const { acceleratedUploads, browserOrigins, copyRegion, backup } = config;
  const retention = { noncurrentDays, accessLogDays, sources, ...(sourceLock !== undefined && { sourceLockDays: sourceLock }) };
  const lake = new DataLake("lake", { place, removal, keys, retention, acceleratedUploads, browserOrigins }, opts);
  const table = new CaseTable("cases", { place, removal, key: keys.derived }, opts);

  const calls =
    config.report?.modelId === undefined
      ? undefined
      : new ModelCallLog("model-calls", { place, removal, lake, expireDays: accessLogDays, noncurrentDays }, opts);
  if (copyRegion !== undefined) {
    const sources = { raw: lake.raw, processed: lake.processed, datasets: lake.datasets };
    new BucketReplication("copies", { place, removal, sources, region: copyRegion, retention: { noncurrentDays, accessLogDays } }, opts);
  }
  new BackupPlan(
    "backup",
    {
      place: upkeep,
      removal,
      table,
      buckets: [lake.raw, lake.processed, lake.datasets, lake.models, ...(calls ? [calls.bucket] : [])],
      retention: { daily: backup.dailyDays, monthly: backup.monthlyDays },
      alertTopicArn: alerts.arn,
      ...(copyRegion !== undefined && { copyRegion }),
      ...(backup.lockedForGoodAfterDays !== undefined && { lockedForGoodAfterDays: backup.lockedForGoodAfterDays }),
    },
    opts,
  );
  return { lake, table, ...(calls && { calls: calls.bucket }) };
}
