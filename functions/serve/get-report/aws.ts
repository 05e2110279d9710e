import { GetObjectCommand } from "@aws-sdk/client-s3";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { documentClient, presigningClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

const linkSeconds = 15 * 60;

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET"]);
  const table = documentClient();
  const presigner = presigningClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    async summary(caseId) {
      const { Item } = await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item: "SUMMARY" } }));
      return Item;
    },
    link: (key) => getSignedUrl(presigner, new GetObjectCommand({ Bucket: PROCESSED_BUCKET, Key: key }), { expiresIn: linkSeconds }),
  };
}
