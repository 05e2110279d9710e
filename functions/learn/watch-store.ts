import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { z } from "zod";
import { toUri } from "../../contracts/keys.ts";
import { type Lake, s3Lake } from "../runtime/lake.ts";
import { parseStoredJson } from "../runtime/parse.ts";

/** An object, and the tag that tells whether it is still the same. */
export interface Tagged<T> {
  readonly value: T;
  readonly etag: string;
}

/** What is known of networks in use, in the processed bucket: some of it is written by whoever comes first. */
export interface WatchStore extends Pick<Lake, "json" | "putJson"> {
  /** Undefined if there is none. */
  tagged<T>(key: string, schema: z.ZodType<T>): Promise<Tagged<T> | undefined>;
  /** Writes in the place of what was read, or where there was nothing. False if somebody else wrote meanwhile. */
  replace(key: string, value: unknown, replaces: Pick<Tagged<unknown>, "etag"> | undefined): Promise<boolean>;
}

export function watchStore(s3: S3Client, bucket: string): WatchStore {
  const { json, putJson } = s3Lake(s3, bucket);
  return {
    ...{ json, putJson },
    async tagged(key, schema) {
      try {
        const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!Body || !ETag) throw new Error(`${toUri(bucket, key)} came without a body or a tag.`);
        return { value: parseStoredJson(schema, await Body.transformToString(), toUri(bucket, key)), etag: ETag };
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    },
    async replace(key, value, replaces) {
      const condition = replaces === undefined ? { IfNoneMatch: "*" } : { IfMatch: replaces.etag };
      try {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType: "application/json", ...condition }));
        return true;
      } catch (error) {
        // 409: another write under a condition came in between.
        if (["PreconditionFailed", "ConditionalRequestConflict"].includes((error as Error).name)) return false;
        throw error;
      }
    },
  };
}
