import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { attemptNoter, runStateReader } from "../../ingest/attempts.ts";
import { documentClient, queueClient, statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { summaryReader } from "../stored-summary.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, STATE_MACHINE_ARN, QUEUE_URL, PIPELINE_VERSION } = readEnvironment(["CASE_TABLE", "STATE_MACHINE_ARN", "QUEUE_URL", "PIPELINE_VERSION"]);
  const queue = queueClient();
  return {
    pipelineVersion: PIPELINE_VERSION,
    summary: summaryReader(CASE_TABLE),
    runState: runStateReader(statesClient(), STATE_MACHINE_ARN),
    note: attemptNoter(documentClient(), CASE_TABLE),
    async send(message) {
      await queue.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: JSON.stringify(message) }));
    },
  };
}
