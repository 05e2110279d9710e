import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { s3Ranges } from "../../runtime/media/byte-ranges.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET } = readEnvironment(["PROCESSED_BUCKET"]);
  const s3 = s3Client();
  return {
    lake: s3Lake(s3, PROCESSED_BUCKET),
    async open(key) {
      const { ContentLength, VersionId } = await s3.send(new HeadObjectCommand({ Bucket: PROCESSED_BUCKET, Key: key }));
      if (ContentLength === undefined) throw new BrokenContract("S3 tells no size of the rendition.");
      return s3Ranges(s3, { bucket: PROCESSED_BUCKET, key, versionId: VersionId }, ContentLength);
    },
  };
}
