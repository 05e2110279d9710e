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
    async open(source) {
      const head = await s3.send(new HeadObjectCommand({ Bucket: source.bucket, Key: source.key, VersionId: source.versionId, ChecksumMode: "ENABLED" }));
      if (head.ContentLength === undefined) throw new BrokenContract("S3 tells no size of the source.");
      // The checksum of a multipart upload covers its parts' checksums, not the file: only a full-object one is the file's digest.
      const whole = head.ChecksumType === "FULL_OBJECT" && head.ChecksumSHA256;
      return { file: s3Ranges(s3, source, head.ContentLength), sha256: whole ? Buffer.from(whole, "base64").toString("hex") : undefined };
    },
  };
}
