import { terminology } from "../../../contracts/terminology.ts";
import { documentClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { correctionLog } from "../correction-log.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET"]);
  // Set where `svp:codes` configures any.
  const codes = parseStoredJson(terminology, process.env["TERMINOLOGY"] ?? "{}", "The environment variable TERMINOLOGY");
  return { lake: s3Lake(s3Client(), PROCESSED_BUCKET), log: correctionLog(documentClient(), CASE_TABLE), codes };
}
