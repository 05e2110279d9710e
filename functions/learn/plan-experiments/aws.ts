import { z } from "zod";
import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { DATASETS_BUCKET, MODELS_BUCKET, TASKS } = readEnvironment(["DATASETS_BUCKET", "MODELS_BUCKET", "TASKS"]);
  const s3 = s3Client();
  return {
    datasets: s3Lake(s3, DATASETS_BUCKET),
    models: s3Lake(s3, MODELS_BUCKET),
    tasks: parseStoredJson(z.record(z.string(), z.string()), TASKS, "TASKS"),
  };
}
