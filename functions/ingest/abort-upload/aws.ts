import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { unlessRefused } from "../../runtime/conditional-write.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { multipart } from "../multipart.ts";
import { findUpload } from "../upload-table.ts";
import { itemOfUpload } from "../uploads.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, RAW_BUCKET } = readEnvironment(["CASE_TABLE", "RAW_BUCKET"]);
  const table = documentClient();
  return {
    find: findUpload(table, CASE_TABLE),
    multipart: multipart(s3Client(), RAW_BUCKET),
    async forget({ caseId, uploadId }) {
      await table.send(
        new UpdateCommand({
          TableName: CASE_TABLE,
          Key: itemOfUpload(uploadId),
          UpdateExpression: "SET isAborted = :yes",
          ExpressionAttributeValues: { ":yes": true },
        }),
      );
      // A case that went on, by whatever was put there otherwise, stays.
      await unlessRefused(
        table.send(
          new DeleteCommand({
            TableName: CASE_TABLE,
            Key: { caseId, item: "SUMMARY" },
            ConditionExpression: "attribute_not_exists(caseId) OR #status = :uploading",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: { ":uploading": "UPLOADING" },
          }),
        ),
      );
    },
  };
}
