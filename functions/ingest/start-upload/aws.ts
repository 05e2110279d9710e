import { GetCommand, PutCommand, type PutCommandInput } from "@aws-sdk/lib-dynamodb";
import { defaultRetentionClass } from "../../../contracts/case.ts";
import { isGoing } from "../../../contracts/case-table.ts";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { isWritten } from "../../runtime/conditional-write.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { multipart } from "../multipart.ts";
import { findUpload } from "../upload-table.ts";
import { itemOfUpload } from "../uploads.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, RAW_BUCKET, MOST_BYTES } = readEnvironment(["CASE_TABLE", "RAW_BUCKET", "MOST_BYTES"]);
  const table = documentClient();
  /** False if the item is there already. */
  const putNew = (Item: NonNullable<PutCommandInput["Item"]>): Promise<boolean> =>
    isWritten(table.send(new PutCommand({ TableName: CASE_TABLE, Item, ConditionExpression: "attribute_not_exists(caseId)" })));
  return {
    mostBytes: Number(MOST_BYTES),
    find: findUpload(table, CASE_TABLE),
    isGoing: async (caseId) =>
      isGoing((await table.send(new GetCommand({ TableName: CASE_TABLE, Key: { caseId, item: "SUMMARY" }, ConsistentRead: true }))).Item),
    multipart: multipart(s3Client(), RAW_BUCKET),
    keep: (upload) => putNew({ ...upload, ...itemOfUpload(upload.uploadId), startedAt: new Date().toISOString() }),
    async announce({ caseId }, { fileName, procedure, severity, retentionClass = defaultRetentionClass }) {
      // What nobody said is left out: an index has the procedure for its key.
      const now = new Date().toISOString();
      const facts = { fileName, procedure, severity, retentionClass, createdAt: now, updatedAt: now, reasons: [] };
      await putNew({ caseId, item: "SUMMARY", list: "CASES", status: "UPLOADING", ...facts });
    },
  };
}
