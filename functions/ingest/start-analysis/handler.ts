import { z } from "zod";
import type { AnalysisRequest } from "../../../contracts/case.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { requestOf } from "./core.ts";

export interface Deps {
  /** Part of every run's identity: another version analyses the same object anew. */
  pipelineVersion: string;
  /** Starts the execution named by the run. Starting it again is success. */
  start(request: AnalysisRequest): Promise<void>;
}

const queueBatch = z.object({ Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })) });

/** Messages to deliver again. The rest of the batch is done. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Queue messages, each an `Object Created` event, to executions. A message that can't be handled fails alone and ends in the dead-letter queue. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<BatchResponse> => {
    const { Records } = parseInput(queueBatch, event);
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        try {
          const request = requestOf(body, deps.pipelineVersion);
          await deps.start(request);
          log("analysis started", { caseId: request.caseId, runId: request.runId, messageId });
          return [];
        } catch (error) {
          log("message refused", { messageId, errorName: (error as Error).name });
          return [{ itemIdentifier: messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
