import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { caseItems, caseObjects } from "../case-store.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, RAW_BUCKET, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "RAW_BUCKET", "PROCESSED_BUCKET"]);
  return { objects: caseObjects(s3Client(), { raw: RAW_BUCKET, processed: PROCESSED_BUCKET }), items: caseItems(documentClient(), CASE_TABLE) };
}
