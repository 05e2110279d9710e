import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { languageModel } from "../language-model/aws.ts";
import type { Deps } from "./handler.ts";

/** Milliseconds that a model may take for a draft. The function itself waits longer (`components/analysis/case-report.ts`). */
const requestTimeout = 240_000;

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET, MODEL_PICTURES } = readEnvironment(["PROCESSED_BUCKET", "MODEL_PICTURES"]);
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    model: languageModel(requestTimeout),
    mostPictures: Number(MODEL_PICTURES),
  };
}
