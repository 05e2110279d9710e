import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { summaryReader } from "../../serve/stored-summary.ts";
import { languageModel } from "../language-model/aws.ts";
import type { Deps } from "./handler.ts";

/** Milliseconds that a model may take: the API gives up after 30 seconds (API Gateway quotas, "Maximum integration timeout" of HTTP APIs). */
const requestTimeout = 24_000;

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET"]);
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    summary: summaryReader(CASE_TABLE),
    model: languageModel(requestTimeout),
  };
}
