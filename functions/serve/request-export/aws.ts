import { randomUUID } from "node:crypto";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { documentClient, s3Client, statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { correctionLog } from "../correction-log.ts";
import { summaryReader } from "../stored-summary.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, PROCESSED_BUCKET, STATE_MACHINE_ARN } = readEnvironment(["CASE_TABLE", "PROCESSED_BUCKET", "STATE_MACHINE_ARN"]);
  const states = statesClient();
  return {
    lake: s3Lake(s3Client(), PROCESSED_BUCKET),
    summary: summaryReader(CASE_TABLE),
    log: correctionLog(documentClient(), CASE_TABLE),
    newId: randomUUID,
    async start(job) {
      await states.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name: job.exportId, input: JSON.stringify(job) }));
    },
  };
}
