import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET"]);
  const table = documentClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    async summary(caseId) {
      const { Item } = await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item: "SUMMARY" } }));
      return Item;
    },
  };
}
