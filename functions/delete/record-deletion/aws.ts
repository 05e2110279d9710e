import { PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { datasetsOfCasePrefix } from "../../../contracts/keys.ts";
import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { copies, type Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { RECORDS_BUCKET, DATASETS_BUCKET, COPIES } = readEnvironment(["RECORDS_BUCKET", "DATASETS_BUCKET", "COPIES"]);
  const s3 = s3Client();
  return {
    copies: parseStoredJson(copies, COPIES, "COPIES"),
    now: () => new Date(),
    uri: (key) => `s3://${RECORDS_BUCKET}/${key}`,
    async datasetsOf(caseId) {
      const Prefix = datasetsOfCasePrefix(caseId);
      const found: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: DATASETS_BUCKET, Prefix }))
        found.push(...Contents.map(({ Key = "" }) => Key.slice(Prefix.length)));
      return found;
    },
    async putNew(key, value) {
      try {
        await s3.send(
          new PutObjectCommand({ Bucket: RECORDS_BUCKET, Key: key, Body: JSON.stringify(value), ContentType: "application/json", IfNoneMatch: "*" }),
        );
        return true;
      } catch (error) {
        if ((error as Error).name === "PreconditionFailed") return false;
        throw error;
      }
    },
  };
}
