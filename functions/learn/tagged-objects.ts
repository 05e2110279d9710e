import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { z } from "zod";
import { toUri } from "../../contracts/keys.ts";
import { parseStoredJson } from "../runtime/parse.ts";

/** An object, and the tag that tells whether it is still the same. */
export interface Tagged<T> {
  readonly value: T;
  readonly etag: string;
}

/** JSON objects of a bucket that are replaced only where nobody else replaced them meanwhile. */
export interface TaggedObjects {
  /** Undefined if there is none. */
  tagged<T>(key: string, schema: z.ZodType<T>): Promise<Tagged<T> | undefined>;
  /**
   * Writes in the place of what was read, or where there was nothing. Throws S3's PreconditionFailed if there is another by now, and TryAgain if
   * another operation on the object was under way: whoever tries again reads first (`functions/runtime/transient.ts`).
   */
  putInPlaceOf(key: string, value: unknown, replaces: Pick<Tagged<unknown>, "etag"> | undefined): Promise<void>;
}

export function taggedObjects(s3: S3Client, bucket: string): TaggedObjects {
  return {
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
    async putInPlaceOf(key, value, replaces) {
      const condition = replaces === undefined ? { IfNoneMatch: "*" } : { IfMatch: replaces.etag };
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType: "application/json", ...condition }));
    },
  };
}
