import { documentClient, presigningClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { partLink } from "../multipart.ts";
import { findUpload } from "../upload-table.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, RAW_BUCKET, ACCELERATED_UPLOADS } = readEnvironment(["CASE_TABLE", "RAW_BUCKET", "ACCELERATED_UPLOADS"]);
  const s3 = presigningClient({ useAccelerateEndpoint: ACCELERATED_UPLOADS === "true" });
  return {
    find: findUpload(documentClient(), CASE_TABLE),
    sign: (upload, part) => partLink(s3, RAW_BUCKET, upload, part),
    now: Date.now,
  };
}
