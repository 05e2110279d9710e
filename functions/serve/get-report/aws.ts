import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { documentClient, presigningClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { correctionLog } from "../correction-log.ts";
import { signOffs } from "../sign-offs.ts";
import { summaryReader } from "../stored-summary.ts";
import { viewKeeper, viewLog } from "../views.ts";
import type { Deps } from "./handler.ts";

const linkSeconds = 15 * 60;

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET"]);
  const table = documentClient();
  const presigner = presigningClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    summary: summaryReader(CASE_TABLE),
    log: correctionLog(table, CASE_TABLE),
    signOffs: signOffs(table, CASE_TABLE),
    link: (key) => getSignedUrl(presigner, new GetObjectCommand({ Bucket: PROCESSED_BUCKET, Key: key }), { expiresIn: linkSeconds }),
    keepView: viewKeeper(viewLog(table, CASE_TABLE)),
  };
}
