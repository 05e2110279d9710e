import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type DeploymentRecord, deploymentRecord } from "../../contracts/deployed-model.ts";
import { deploymentRecordKey, toUri } from "../../contracts/keys.ts";
import { Outdated } from "../runtime/errors.ts";
import { type Lake, s3Lake } from "../runtime/lake.ts";
import { parseStoredJson } from "../runtime/parse.ts";

/** A record, and the tag that tells whether it is still the same. */
export interface StoredRecord {
  readonly record: DeploymentRecord;
  readonly etag: string;
}

/** The models bucket. */
export interface ModelStore extends Pick<Lake, "json" | "bytes" | "put" | "uri" | "bucket"> {
  /** Undefined of a network that was never changed. */
  record(model: string): Promise<StoredRecord | undefined>;
  /** Writes the record in the place of the one that was read. Throws Outdated if there is another by now. */
  putRecord(record: DeploymentRecord, replaces: StoredRecord | undefined): Promise<void>;
}

export function modelStore(s3: S3Client, bucket: string): ModelStore {
  const { json, bytes, put, uri } = s3Lake(s3, bucket);
  return {
    ...{ bucket, json, bytes, put, uri },
    async record(model) {
      const key = deploymentRecordKey(model);
      try {
        const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!Body || !ETag) throw new Error(`${toUri(bucket, key)} came without a body or a tag.`);
        return { record: parseStoredJson(deploymentRecord, await Body.transformToString(), toUri(bucket, key)), etag: ETag };
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    },
    async putRecord(record, replaces) {
      const Key = deploymentRecordKey(record.model);
      const condition = replaces === undefined ? { IfNoneMatch: "*" } : { IfMatch: replaces.etag };
      try {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(record), ContentType: "application/json", ...condition }));
      } catch (error) {
        if ((error as Error).name === "PreconditionFailed") throw new Outdated(`Another deployment of "${record.model}" came first.`);
        throw error;
      }
    },
  };
}
