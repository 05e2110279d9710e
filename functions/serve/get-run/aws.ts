import { DescribeExecutionCommand, GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { executionArnOf } from "../../runtime/executions.ts";
import { summaryReader } from "../stored-summary.ts";
import type { HistoryEvent } from "./core.ts";
import type { Deps, Execution } from "./handler.ts";

/** Most events that Step Functions gives at a time. */
const maxResults = 1000;

export function awsDeps(): Deps {
  const { CASE_TABLE, STATE_MACHINE_ARN } = readEnvironment(["CASE_TABLE", "STATE_MACHINE_ARN"]);
  const states = statesClient();
  return {
    summary: summaryReader(CASE_TABLE),
    async execution(runId) {
      try {
        const { status, startDate, stopDate, redriveCount, redriveStatus } = await states.send(
          new DescribeExecutionCommand({ executionArn: executionArnOf(STATE_MACHINE_ARN, runId), includedData: "METADATA_ONLY" }),
        );
        return {
          status: status as Execution["status"],
          startedAt: startDate as Date,
          endedAt: stopDate,
          redriveCount: redriveCount ?? 0,
          isRedrivable: redriveStatus === "REDRIVABLE",
        };
      } catch (error) {
        if ((error as Error).name === "ExecutionDoesNotExist") return undefined;
        throw error;
      }
    },
    async history(runId, nextToken) {
      const page = await states.send(
        new GetExecutionHistoryCommand({ executionArn: executionArnOf(STATE_MACHINE_ARN, runId), maxResults, includeExecutionData: false, nextToken }),
      );
      return { events: (page.events ?? []) as unknown as HistoryEvent[], next: page.nextToken };
    },
  };
}
