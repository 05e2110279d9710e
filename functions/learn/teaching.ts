import { z } from "zod";
import { datasetTask } from "../../contracts/dataset-version.ts";
import { documentClient, s3Client } from "../runtime/clients.ts";
import { readEnvironment } from "../runtime/environment.ts";
import { parseStoredJson } from "../runtime/parse.ts";
import { correctionLog } from "../serve/correction-log.ts";
import { datasetStore } from "./dataset-store.ts";
import { newestRuns } from "./newest-runs.ts";
import { watchStore } from "./watch-store.ts";

const teaching = z.strictObject({
  models: z.record(z.string(), z.strictObject({ task: datasetTask.nullable(), labels: z.array(z.string()) })),
  leastCorrected: z.int().positive(),
});

/** What counts corrections that networks have not learned from, as the environment of a function names it. */
export function teachingDeps({ table = documentClient(), s3 = s3Client() } = {}) {
  const { CASE_TABLE, PROCESSED_BUCKET, DATASETS_BUCKET, TEACHING } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "DATASETS_BUCKET", "TEACHING"]);
  return {
    ...parseStoredJson(teaching, TEACHING, "TEACHING"),
    store: watchStore(s3, PROCESSED_BUCKET),
    datasets: datasetStore(s3, DATASETS_BUCKET),
    log: correctionLog(table, CASE_TABLE),
    runs: () => newestRuns(table, CASE_TABLE),
  };
}
