import { AccessLogBucket } from "../../../components/data/access-log-bucket.ts";
import { EncryptedBucket } from "../../../components/data/encrypted-bucket.ts";
import type { Parts } from "../parts.ts";
import { place } from "../place.ts";

/** The bucket of dataset versions, beside the lake's own. */
export function datasetsBucket({ keys, opts }: Parts): EncryptedBucket {
  const common = { place, removal: "retain" } as const;
  const accessLogs = new AccessLogBucket("datasets-access-logs", { ...common, retentionDays: 2192 }, opts);
  return new EncryptedBucket("datasets", { ...common, suffix: "datasets", key: keys.datasets, accessLogs, noncurrentDays: 30 }, opts);
}
