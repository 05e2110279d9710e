import { plannedWork } from "../../../contracts/cost.ts";
import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET, PROCESSED_KEY_ARN, PLANNED_WORK } = readEnvironment(["PROCESSED_BUCKET", "PROCESSED_KEY_ARN", "PLANNED_WORK"]);
  return { lake: s3Lake(s3Client(), PROCESSED_BUCKET), processedKeyArn: PROCESSED_KEY_ARN, planned: plannedWork.parse(JSON.parse(PLANNED_WORK)) };
}
