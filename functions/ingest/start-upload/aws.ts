import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, type PutCommandInput } from "@aws-sdk/lib-dynamodb";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { multipart } from "../multipart.ts";
import { findUpload } from "../upload-table.ts";
import { itemOfUpload } from "../uploads.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, RAW_BUCKET, MOST_BYTES } = readEnvironment(["CASE_TABLE", "RAW_BUCKET", "MOST_BYTES"]);
  const table = documentClient();
  /** False if the item is there already. */
  const putNew = async (Item: NonNullable<PutCommandInput["Item"]>): Promise<boolean> => {
    try {
      await table.send(new PutCommand({ TableName: CASE_TABLE, Item, ConditionExpression: "attribute_not_exists(caseId)" }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    mostBytes: Number(MOST_BYTES),
    find: findUpload(table, CASE_TABLE),
    multipart: multipart(s3Client(), RAW_BUCKET),
    keep: (upload) => putNew({ ...upload, ...itemOfUpload(upload.uploadId), startedAt: new Date().toISOString() }),
    async announce({ caseId }, { fileName, procedure, severity }) {
      // What nobody said is left out: an index has the procedure for its key.
      const now = new Date().toISOString();
      const facts = { fileName, procedure, severity, createdAt: now, updatedAt: now, reasons: [] };
      await putNew({ caseId, item: "SUMMARY", list: "CASES", status: "UPLOADING", ...facts });
    },
  };
}
