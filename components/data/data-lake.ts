import type * as pulumi from "@pulumi/pulumi";
import { conversionDays } from "../../contracts/conversion.ts";
import { endpointFailureDays, endpointFailuresPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import type { Place, Removal } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { AccessLogBucket } from "./access-log-bucket.ts";
import { EncryptedBucket, type EncryptedBucketArgs } from "./encrypted-bucket.ts";
import { lakePrefixes } from "./lake-prefixes.ts";
import type { Transition } from "./transitions.ts";

export interface DataLakeArgs {
  place: Place;
  removal: Removal;
  keys: DataKeys;
  retention: {
    /** Days an overwritten or deleted object can still be read back. */
    noncurrentDays: number;
    /** Days that access logs are kept. */
    accessLogDays: number;
    /** When uploaded videos, hardly looked at once they are analysed, move to cheaper storage. */
    sources: readonly Transition[];
    /** Days that nobody can delete or overwrite an uploaded video: how long a study must keep it. They can be, if absent. */
    sourceLockDays?: number;
  };
  /** Lets uploads enter AWS's network close to where they come from. */
  acceleratedUploads: boolean;
  /** Pages that upload videos and fetch results with signed URLs: `https://review.example.org`. */
  browserOrigins: readonly string[];
}

/** Nobody knows beforehand which cases are looked at again: S3 watches, and moves what is not. */
const tiered: readonly Transition[] = [{ days: 0, storageClass: "INTELLIGENT_TIERING" }];

/** The buckets of an environment. What lies where in them is in `contracts/keys.ts`. */
export class DataLake extends PlatformComponent {
  /** Uploaded videos. */
  readonly raw: EncryptedBucket;
  /** Renditions, results of analysers and what the platform concluded. */
  readonly processed: EncryptedBucket;
  /** Frames and corrections that networks are trained on, by version. */
  readonly datasets: EncryptedBucket;
  /** Networks. */
  readonly models: EncryptedBucket;
  readonly accessLogs: AccessLogBucket;
  /** What was done with cases that are no more: audit records, which nobody can change where the stack's data outlive it. */
  readonly records: EncryptedBucket;

  constructor(name: string, args: DataLakeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:data:DataLake", name, opts);
    const { place, removal, keys, retention, browserOrigins: origins } = args;
    const accessLogs = new AccessLogBucket(this.childName("access-logs"), { place, removal, retentionDays: retention.accessLogDays }, { parent: this });
    this.accessLogs = accessLogs;
    const common = { place, removal, accessLogs, noncurrentDays: retention.noncurrentDays };
    const bucket = (suffix: string, more: Omit<EncryptedBucketArgs, keyof typeof common | "suffix">) =>
      new EncryptedBucket(this.childName(suffix), { ...common, suffix, ...more }, { parent: this });

    this.raw = bucket("raw", {
      key: keys.raw,
      emitsEvents: true,
      browsers: { origins, methods: ["PUT"] },
      transitions: retention.sources,
      ...(retention.sourceLockDays !== undefined && { lockDays: retention.sourceLockDays }),
      accelerated: args.acceleratedUploads,
    });
    this.processed = bucket("processed", {
      key: keys.derived,
      emitsEvents: true,
      browsers: { origins, methods: ["GET", "HEAD"] },
      transitions: tiered,
      // Nothing is covered in either. An hour after they were made nobody needs the pictures any more; the copies, who goes on with an analysis that failed.
      shortLived: [
        { id: "short-lived", prefix: lakePrefixes.pictures, days: 1 },
        { id: "copies", prefix: lakePrefixes.copies, days: conversionDays },
        // They belong to cases, and no deletion of a case finds them.
        { id: "endpoint-failures", prefix: endpointFailuresPrefix, days: endpointFailureDays },
      ],
      servedPrefix: lakePrefixes.renditions,
    });
    this.datasets = bucket("datasets", { key: keys.datasets, transitions: tiered });
    this.models = bucket("models", { key: keys.models });
    // HIPAA 164.316(b)(2)(i). A record names a case by an identifier that stands for nothing any more.
    this.records = bucket("records", { key: keys.logs, dataClassification: "none", ...(removal === "retain" && { lockDays: retention.accessLogDays }) });
    this.registerOutputs({ raw: this.raw.bucket, processed: this.processed.bucket, datasets: this.datasets.bucket, models: this.models.bucket });
  }
}
