import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, physicalName, type ResourceType } from "../resource-type.ts";

/**
 * The file that a `pulumi.asset.FileAsset` names, or the text of a `StringAsset`. Of a `FileArchive` of a folder, whose zip
 * Pulumi's engine makes, the names and contents of its files: enough to tell one from another.
 */
export function assetContent(asset: unknown): Buffer {
  const { path, text } = (asset ?? {}) as { path?: unknown; text?: unknown };
  if (typeof text === "string") return Buffer.from(text);
  if (typeof path === "string" && statSync(path).isDirectory()) {
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
    return Buffer.concat(paths.flatMap((file) => [Buffer.from(file.slice(path.length)), readFileSync(file)]));
  }
  if (typeof path === "string") return readFileSync(path);
  throw new Error("source must be a FileAsset, a FileArchive of a folder, or a StringAsset.");
}

const ofBucket = (configure: (cloud: Cloud, bucket: string, state: Record<string, unknown>) => void | Promise<void>): ResourceType<Cloud> => ({
  computed: (inputs) => ({ id: String(inputs["bucket"]) }),
  live: (cloud, state) => configure(cloud, state["bucket"], state),
});

/** Configures nothing that the local S3 does; recorded for the policies. */
const recordedOnBucket: ResourceType<Cloud> = { computed: (inputs) => ({ id: String(inputs["bucket"]) }) };

/** S3 and DynamoDB. */
export const dataTypes: Record<string, ResourceType<Cloud>> = {
  "aws:s3/bucket:Bucket": {
    computed: (inputs, place) => {
      const bucket = physicalName(inputs["bucket"], place);
      return {
        id: bucket,
        bucket,
        arn: `arn:aws:s3:::${bucket}`,
        bucketDomainName: `${bucket}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${bucket}.s3.${place.region}.amazonaws.com`,
      };
    },
    live: (cloud, state) => cloud.s3.configureBucket(state["bucket"], state["objectLockEnabled"] === true ? { objectLock: true } : {}),
  },
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket((cloud, bucket, state) =>
    cloud.s3.configureBucket(bucket, { versioning: (state["versioningConfiguration"] as { status: string }).status === "Enabled" }),
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket((cloud, bucket, state) => {
    const [rule] = state["rules"] as { applyServerSideEncryptionByDefault?: { kmsMasterKeyId?: string } }[];
    const encryptionKeyArn = rule?.applyServerSideEncryptionByDefault?.kmsMasterKeyId;
    return cloud.s3.configureBucket(bucket, encryptionKeyArn === undefined ? {} : { encryptionKeyArn });
  }),
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket((cloud, bucket, state) => cloud.s3.configureBucket(bucket, { policy: JSON.parse(state["policy"] as string) })),
  "aws:s3/bucketNotification:BucketNotification": ofBucket((cloud, bucket, state) =>
    cloud.s3.configureBucket(bucket, { eventBridge: state["eventbridge"] === true }),
  ),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ofBucket((cloud, bucket, state) =>
    cloud.s3.configureBucket(bucket, { cors: state["corsRules"] as never }),
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": recordedOnBucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": recordedOnBucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": recordedOnBucket,
  "aws:s3/bucketLogging:BucketLogging": recordedOnBucket,
  "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration": recordedOnBucket,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": ofBucket((cloud, bucket, state) => {
    const { defaultRetention } = state["rule"] as { defaultRetention: { mode: "COMPLIANCE" | "GOVERNANCE"; days?: number } };
    if (defaultRetention.days === undefined) throw new Error(`The lock of bucket ${bucket} is not in days; only days are implemented.`);
    return cloud.s3.configureBucket(bucket, { defaultLock: { mode: defaultRetention.mode, days: defaultRetention.days } });
  }),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": recordedOnBucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    computed: (inputs, place) => {
      const etag = createHash("md5").update(assetContent(inputs["source"])).digest("hex");
      const id = `${inputs["bucket"]}/${inputs["key"]}`;
      return { id, arn: `arn:aws:s3:::${id}`, etag, versionId: hexOf(`${place.urn} ${etag}`, 32) };
    },
    live: async (cloud, state) => {
      const data = assetContent(state["source"]);
      const { bucket, key, etag } = state;
      const held = await cloud.s3.file(cloud.iam.administrator.caller, bucket, key).catch(() => undefined);
      const isAsLaid = held?.etag.replaceAll('"', "") === etag;
      if (held !== undefined && (isAsLaid || cloud.laid.isLaid(bucket, key, etag))) return cloud.laid.record(bucket, key, etag);
      await cloud.s3.put(cloud.iam.administrator.caller, bucket, key, { data }, state["contentType"] ? { contentType: state["contentType"] } : {});
      cloud.laid.record(bucket, key, etag);
    },
  },
  "aws:dynamodb/table:Table": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("dynamodb", place, `table/${name}`) };
    },
    live: (cloud, state) => cloud.dynamodb.putTable(state as never),
  },
};
