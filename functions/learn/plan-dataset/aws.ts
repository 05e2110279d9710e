import { paginateQuery } from "@aws-sdk/lib-dynamodb";
import { caseIndexes } from "../../../contracts/case-table.ts";
import { reportLanguage } from "../../../contracts/report.ts";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { correctionLog } from "../../serve/correction-log.ts";
import { signOffs } from "../../serve/sign-offs.ts";
import { summaryReader } from "../../serve/stored-summary.ts";
import { datasetStore } from "../dataset-store.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, DATASETS_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "DATASETS_BUCKET"]);
  const [table, s3] = [documentClient(), s3Client()];
  const signatures = signOffs(table, CASE_TABLE);
  return {
    lake: s3Lake(s3, PROCESSED_BUCKET),
    datasets: datasetStore(s3, DATASETS_BUCKET),
    log: correctionLog(table, CASE_TABLE),
    summary: summaryReader(CASE_TABLE),
    async *summaries() {
      const query = {
        TableName: CASE_TABLE,
        IndexName: caseIndexes.list,
        KeyConditionExpression: "#list = :cases",
        ExpressionAttributeNames: { "#list": "list" },
        ExpressionAttributeValues: { ":cases": "CASES" },
      };
      for await (const { Items = [] } of paginateQuery({ client: table }, query)) yield* Items;
    },
    async isSignedOff(caseId, runId) {
      for (const language of reportLanguage.options) if ((await signatures.all(caseId, runId, language)).length > 0) return true;
      return false;
    },
    now: () => new Date(),
  };
}
