import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { linkSigner } from "../link.ts";
import { summaryReader } from "../stored-summary.ts";
import { viewKeeper, viewLog } from "../views.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, ANSWERS_QUESTIONS } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "ANSWERS_QUESTIONS"]);
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    summary: summaryReader(CASE_TABLE),
    answersQuestions: ANSWERS_QUESTIONS === "true",
    link: linkSigner(),
    keepView: viewKeeper(viewLog(documentClient(), CASE_TABLE)),
  };
}
