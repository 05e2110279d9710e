import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { correctionLog } from "../../serve/correction-log.ts";
import { datasetStore } from "../dataset-store.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, DATASETS_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "DATASETS_BUCKET"]);
  const s3 = s3Client();
  return { lake: s3Lake(s3, PROCESSED_BUCKET), datasets: datasetStore(s3, DATASETS_BUCKET), log: correctionLog(documentClient(), CASE_TABLE) };
}
