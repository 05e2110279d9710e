import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { cohortTable } from "./cohort-table.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET, CASE_TABLE } = readEnvironment(["PROCESSED_BUCKET", "CASE_TABLE"]);
  return { lake: s3Lake(s3Client(), PROCESSED_BUCKET), ...cohortTable(documentClient(), CASE_TABLE) };
}
