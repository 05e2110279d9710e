import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { DATASETS_BUCKET } = readEnvironment(["DATASETS_BUCKET"]);
  const client = s3Client();
  return {
    async folders(prefix) {
      const found: string[] = [];
      for await (const { CommonPrefixes = [] } of paginateListObjectsV2({ client }, { Bucket: DATASETS_BUCKET, Prefix: prefix, Delimiter: "/" }))
        found.push(...CommonPrefixes.flatMap(({ Prefix }) => Prefix ?? []));
      return found;
    },
    async exists(key) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: DATASETS_BUCKET, Prefix: key }))
        if (Contents.some(({ Key }) => Key === key)) return true;
      return false;
    },
  };
}
