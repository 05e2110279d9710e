import { deletionRecord } from "../../../contracts/case-deletion.ts";
import { deletionRecordKey } from "../../../contracts/keys.ts";
import { s3Client, statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { NotFound } from "../../runtime/errors.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { findDeletion } from "../deletion.ts";
import { summaryReader } from "../stored-summary.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, RECORDS_BUCKET, STATE_MACHINE_ARN } = readEnvironment(["CASE_TABLE", "RECORDS_BUCKET", "STATE_MACHINE_ARN"]);
  const records = s3Lake(s3Client(), RECORDS_BUCKET);
  return {
    summary: summaryReader(CASE_TABLE),
    find: findDeletion(statesClient(), STATE_MACHINE_ARN),
    async record(caseId) {
      try {
        return await records.json(deletionRecordKey(caseId), deletionRecord);
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
  };
}
