import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { DATASETS_BUCKET } = readEnvironment(["DATASETS_BUCKET"]);
  return { datasets: s3Lake(s3Client(), DATASETS_BUCKET) };
}
