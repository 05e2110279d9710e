import type { S3Client } from "@aws-sdk/client-s3";
import { type Lake, s3Lake } from "../runtime/lake.ts";
import { type Tagged, type TaggedObjects, taggedObjects } from "./tagged-objects.ts";

/** What is known of networks in use, in the processed bucket: some of it is written by whoever comes first. */
export interface WatchStore extends Pick<Lake, "json" | "putJson">, Pick<TaggedObjects, "tagged"> {
  /** Writes in the place of what was read, or where there was nothing. False if somebody else wrote meanwhile; throws TryAgain if S3 can't tell. */
  replace(key: string, value: unknown, replaces: Pick<Tagged<unknown>, "etag"> | undefined): Promise<boolean>;
}

export function watchStore(s3: S3Client, bucket: string): WatchStore {
  const { json, putJson } = s3Lake(s3, bucket);
  const { tagged, putInPlaceOf } = taggedObjects(s3, bucket);
  return {
    ...{ json, putJson, tagged },
    async replace(key, value, replaces) {
      try {
        await putInPlaceOf(key, value, replaces);
        return true;
      } catch (error) {
        if ((error as Error).name === "PreconditionFailed") return false;
        throw error;
      }
    },
  };
}
