import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place, Removal } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { AccessLogBucket } from "./access-log-bucket.ts";
import { EncryptedBucket } from "./encrypted-bucket.ts";

export interface DataLakeArgs {
  place: Place;
  removal: Removal;
  keys: DataKeys;
  retention: {
    /** Days an overwritten or deleted object can still be read back. */
    noncurrentDays: number;
    /** Days that access logs are kept. */
    accessLogDays: number;
  };
  /** Pages that upload videos and fetch results with signed URLs. */
  browserOrigins: readonly string[];
}

/** The buckets of an environment. What lies where in them is in `contracts/keys.ts`. */
export class DataLake extends PlatformComponent {
  /** Uploaded videos. */
  readonly raw: EncryptedBucket;
  /** Renditions, results of analysers and what the platform concluded. */
  readonly processed: EncryptedBucket;
  /** Networks. */
  readonly models: EncryptedBucket;

  constructor(name: string, args: DataLakeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:data:DataLake", name, opts);
    const { place, removal, keys, browserOrigins } = args;
    const accessLogs = new AccessLogBucket(this.childName("access-logs"), { place, removal, retentionDays: args.retention.accessLogDays }, { parent: this });
    const common = { place, removal, accessLogs, noncurrentDays: args.retention.noncurrentDays };
    const bucket = (suffix: "raw" | "processed" | "models", more: { key: DataKeys["raw"]; emitsEvents?: boolean; browserOrigins?: readonly string[] }) =>
      new EncryptedBucket(this.childName(suffix), { ...common, suffix, ...more }, { parent: this });

    this.raw = bucket("raw", { key: keys.raw, emitsEvents: true, browserOrigins });
    this.processed = bucket("processed", { key: keys.derived, browserOrigins });
    this.models = bucket("models", { key: keys.models });
    this.registerOutputs({ raw: this.raw.bucket, processed: this.processed.bucket, models: this.models.bucket });
  }
}
