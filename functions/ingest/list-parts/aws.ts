import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { multipart } from "../multipart.ts";
import { findUpload } from "../upload-table.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, RAW_BUCKET } = readEnvironment(["CASE_TABLE", "RAW_BUCKET"]);
  return { find: findUpload(documentClient(), CASE_TABLE), multipart: multipart(s3Client(), RAW_BUCKET) };
}
