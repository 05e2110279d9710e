import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { parseUri } from "../../../contracts/keys.ts";
import { presigningClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { summaryReader } from "../stored-summary.ts";
import type { Deps } from "./handler.ts";

const linkSeconds = 15 * 60;

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET"]);
  const presigner = presigningClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    summary: summaryReader(CASE_TABLE),
    link(uri) {
      const { bucket, key } = parseUri(uri);
      return getSignedUrl(presigner, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: linkSeconds });
    },
  };
}
