import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET } = readEnvironment(["PROCESSED_BUCKET"]);
  return { lake: s3Lake(s3Client(), PROCESSED_BUCKET) };
}
