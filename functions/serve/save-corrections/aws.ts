import { randomUUID } from "node:crypto";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { correctionLog } from "../correction-log.ts";
import { reviewQueue } from "../review-queue.ts";
import { summaryReader } from "../stored-summary.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET"]);
  const table = documentClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    summary: summaryReader(CASE_TABLE),
    log: correctionLog(table, CASE_TABLE),
    queue: reviewQueue(table, CASE_TABLE),
    newId: randomUUID,
    now: () => new Date(),
  };
}
