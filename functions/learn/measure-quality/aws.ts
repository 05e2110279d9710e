import { z } from "zod";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { correctionLog } from "../../serve/correction-log.ts";
import { newestRuns } from "../newest-runs.ts";
import { watchStore } from "../watch-store.ts";
import type { Deps } from "./handler.ts";

const quality = z.strictObject({
  bars: z.record(z.string(), z.number().min(0).max(1)),
  needs: z.strictObject({ window: z.int().positive(), cases: z.int().positive(), findings: z.int().positive() }),
});

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, QUALITY } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "QUALITY"]);
  const [table, s3] = [documentClient(), s3Client()];
  return {
    ...parseStoredJson(quality, QUALITY, "QUALITY"),
    store: watchStore(s3, PROCESSED_BUCKET),
    lake: s3Lake(s3, PROCESSED_BUCKET),
    log: correctionLog(table, CASE_TABLE),
    runs: () => newestRuns(table, CASE_TABLE),
    now: () => new Date(),
  };
}
