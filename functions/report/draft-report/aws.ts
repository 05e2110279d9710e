import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { languageModel } from "../language-model/aws.ts";
import type { Deps } from "./handler.ts";

/** Milliseconds that a model may take for a draft. The function itself waits longer (`components/analysis/case-report.ts`). */
const requestTimeout = 240_000;

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET } = readEnvironment(["PROCESSED_BUCKET"]);
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    model: languageModel(requestTimeout),
  };
}
