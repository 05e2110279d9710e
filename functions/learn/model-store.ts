import type { S3Client } from "@aws-sdk/client-s3";
import { type DeploymentRecord, deploymentRecord } from "../../contracts/deployed-model.ts";
import { deploymentRecordKey } from "../../contracts/keys.ts";
import { Outdated } from "../runtime/errors.ts";
import { type Lake, s3Lake } from "../runtime/lake.ts";
import { taggedObjects } from "./tagged-objects.ts";

/** A record, and the tag that tells whether it is still the same. */
export interface StoredRecord {
  readonly record: DeploymentRecord;
  readonly etag: string;
}

/** The models bucket. */
export interface ModelStore extends Pick<Lake, "json" | "bytes" | "put" | "uri" | "bucket"> {
  /** Undefined of a network that was never changed. */
  record(model: string): Promise<StoredRecord | undefined>;
  /** Writes the record in the place of the one that was read. Throws Outdated if there is another by now, TryAgain if S3 can't tell. */
  putRecord(record: DeploymentRecord, replaces: StoredRecord | undefined): Promise<void>;
}

export function modelStore(s3: S3Client, bucket: string): ModelStore {
  const { json, bytes, put, uri } = s3Lake(s3, bucket);
  const { tagged, putInPlaceOf } = taggedObjects(s3, bucket);
  return {
    ...{ bucket, json, bytes, put, uri },
    async record(model) {
      const found = await tagged(deploymentRecordKey(model), deploymentRecord);
      return found && { record: found.value, etag: found.etag };
    },
    async putRecord(record, replaces) {
      try {
        await putInPlaceOf(deploymentRecordKey(record.model), record, replaces);
      } catch (error) {
        if ((error as Error).name === "PreconditionFailed") throw new Outdated(`Another deployment of "${record.model}" came first.`);
        throw error;
      }
    },
  };
}
