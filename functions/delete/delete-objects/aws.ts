import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { caseObjects } from "../case-store.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { RAW_BUCKET, PROCESSED_BUCKET } = readEnvironment(["RAW_BUCKET", "PROCESSED_BUCKET"]);
  return { objects: caseObjects(s3Client(), { raw: RAW_BUCKET, processed: PROCESSED_BUCKET }) };
}
