import { z } from "zod";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { newestRuns } from "../newest-runs.ts";
import { watchStore } from "../watch-store.ts";
import type { Deps } from "./handler.ts";

const watch = z.strictObject({
  models: z.array(z.string()).min(1),
  needs: z.strictObject({ baseline: z.int().positive(), least: z.int().positive(), window: z.int().positive() }),
});

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, WATCH } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "WATCH"]);
  const table = documentClient();
  return {
    ...parseStoredJson(watch, WATCH, "WATCH"),
    store: watchStore(s3Client(), PROCESSED_BUCKET),
    runs: () => newestRuns(table, CASE_TABLE),
    now: () => new Date(),
  };
}
